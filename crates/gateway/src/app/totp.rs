//! Codes of an authenticator app (RFC 6238): six digits, thirty seconds, one step of grace either way. SHA-1, because the
//! common apps read nothing else from the picture; HMAC-SHA-1 is not touched by SHA-1's collisions.

use chrono::{DateTime, Utc};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::error::AppError;

/// The name that an app shows above the code.
const ISSUER: &str = "Uttag";

/// A new secret, in base32.
pub fn new_secret() -> String {
    Secret::generate().to_base32()
}

/// The time step whose code this is, if it is one of the three that are valid now.
pub fn matching_step(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).ok()?;
    let step = authenticator(secret, "").ok()?.check(&code, seconds)?;
    i64::try_from(step).ok()
}

/// The code of a moment; for tests and the demo, which have no telephone.
pub fn code_at(secret: &str, now: DateTime<Utc>) -> Result<String, AppError> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(authenticator(secret, "")?.generate(seconds).to_string())
}

/// The picture that an app scans: an SVG without style, so that the strict content policy lets it be seen.
pub fn picture(secret: &str, account: &str) -> Result<String, AppError> {
    let url = authenticator(secret, account)?
        .to_url()
        .map_err(|_| BROKEN)?;
    let code = QrCode::new(url).map_err(|_| BROKEN)?;
    let image = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .build();
    Ok(image
        .split_once("?>")
        .map_or(image.clone(), |(_, svg)| svg.to_owned()))
}

const BROKEN: AppError = AppError::Internal("an authenticator secret cannot be used");

fn authenticator(secret: &str, account: &str) -> Result<Totp, AppError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(secret).map_err(|_| BROKEN)?)
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|_| BROKEN)
}

#[cfg(test)]
mod tests {
    use super::{code_at, matching_step, new_secret, picture};
    use chrono::{DateTime, Duration};

    #[test]
    fn a_code_is_valid_around_its_time_and_names_its_step() {
        let (secret, now) = (
            new_secret(),
            DateTime::from_timestamp(1_790_000_010, 0).unwrap(),
        );
        let code = code_at(&secret, now).unwrap();
        let step = matching_step(&secret, &code, now);
        assert_eq!(step, Some(1_790_000_010 / 30));
        assert_eq!(
            matching_step(&secret, &code, now + Duration::seconds(30)),
            step
        );
        assert_eq!(
            matching_step(&secret, &code, now + Duration::seconds(90)),
            None
        );
        assert_eq!(matching_step(&secret, "not a code", now), None);
    }

    #[test]
    fn the_rfc_6238_vector_holds() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(
            code_at(secret, DateTime::from_timestamp(59, 0).unwrap()).unwrap(),
            "287082"
        );
    }

    #[test]
    fn the_picture_has_no_inline_style() {
        let svg = picture(&new_secret(), "anna@example.se").unwrap();
        assert!(svg.trim_start().starts_with("<svg") && !svg.contains("style="));
    }
}
