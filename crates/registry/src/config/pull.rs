//! An address file that is fetched every night.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveTime;
use chrono_tz::{Europe, Tz};
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use service_kit::config::secret;

use super::DropMode;
use crate::domain::limits::FILE_BYTES_MAX;
use crate::domain::pull::Schedule;

/// An alarm when nothing was fetched for longer, where the setting does not say: a night and what it may take.
const EXPECTED_HOURS: u32 = 26;

/// Where a network's address file is fetched, and when. Its `Debug` shows neither the address nor a secret.
#[derive(Clone, Deserialize)]
#[serde(try_from = "RawPull")]
pub struct Pull {
    /// Where; https, or this computer. May hold a secret in its query.
    pub url: Url,
    /// The value of `Authorization`, if there is one; marked as sensitive.
    pub authorization: Option<HeaderValue>,
    /// What becomes of accesses that the file does not name.
    pub mode: DropMode,
    /// When, every day.
    pub schedule: Schedule,
    /// An alarm when nothing was fetched for longer; 0: never.
    pub expected_hours: u32,
    /// A larger file is refused.
    pub bytes_max: u64,
    /// Who signs the other system's certificate, besides whom this computer trusts.
    pub authorities: Vec<Certificate>,
}

impl fmt::Debug for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pull")
            .field("mode", &self.mode)
            .field("schedule", &self.schedule)
            .field("expected_hours", &self.expected_hours)
            .field("bytes_max", &self.bytes_max)
            .finish_non_exhaustive()
    }
}

/// [`Pull`] as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPull {
    url: SecretString,
    mode: DropMode,
    at: String,
    time_zone: Option<String>,
    expected_hours: Option<u32>,
    bytes_max: Option<u64>,
    username: Option<String>,
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    bearer: Option<SecretString>,
    bearer_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl TryFrom<RawPull> for Pull {
    type Error = String;

    fn try_from(raw: RawPull) -> Result<Self, String> {
        let password = secret("password", raw.password, raw.password_file)?;
        let bearer = secret("bearer", raw.bearer, raw.bearer_file)?;
        let bytes_max = raw.bytes_max.unwrap_or(FILE_BYTES_MAX);
        if bytes_max == 0 || bytes_max > FILE_BYTES_MAX {
            return Err(format!("bytes_max is 1 to {FILE_BYTES_MAX}"));
        }
        let authorities = match raw.ca_file {
            Some(path) => authorities(&path)?,
            None => Vec::new(),
        };
        Ok(Self {
            url: address(raw.url.expose_secret())?,
            authorization: authorization(raw.username, password, bearer)?,
            mode: raw.mode,
            schedule: schedule(&raw.at, raw.time_zone.as_deref())?,
            expected_hours: raw.expected_hours.unwrap_or(EXPECTED_HOURS),
            bytes_max,
            authorities,
        })
    }
}

/// Names of residents travel here: encrypted, or within this computer. No error repeats the address.
fn address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|_| "url is not an address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url must not hold a credential; use username and password_file".to_owned());
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err("url must be https beyond this machine".to_owned()),
    }
}

fn authorization(
    username: Option<String>,
    password: Option<SecretString>,
    bearer: Option<SecretString>,
) -> Result<Option<HeaderValue>, String> {
    let text = match (username, password, bearer) {
        (None, None, None) => return Ok(None),
        (None, None, Some(token)) => format!("Bearer {}", token.expose_secret()),
        (Some(name), Some(_), None) if name.contains(':') => {
            return Err("username must not hold a colon".to_owned());
        }
        (Some(name), Some(password), None) => {
            let pair = format!("{name}:{}", password.expose_secret());
            format!("Basic {}", STANDARD.encode(pair))
        }
        _ => {
            let rule = "a credential is username with password_file, or bearer_file, and not both";
            return Err(rule.to_owned());
        }
    };
    let mut value =
        HeaderValue::try_from(text).map_err(|_| "the credential holds a control character")?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn schedule(at: &str, zone: Option<&str>) -> Result<Schedule, String> {
    let at = NaiveTime::parse_from_str(at, "%H:%M")
        .map_err(|_| "at is a time of day, for example 02:15")?;
    let zone = match zone {
        Some(name) => name
            .parse::<Tz>()
            .map_err(|_| "time_zone is a zone of the IANA list, for example Europe/Stockholm")?,
        None => Europe::Stockholm,
    };
    Ok(Schedule::new(at, zone))
}

fn authorities(path: &std::path::Path) -> Result<Vec<Certificate>, String> {
    let refused = |error: &dyn fmt::Display| format!("ca_file {}: {error}", path.display());
    let pem = std::fs::read(path).map_err(|error| refused(&error))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| refused(&error))?;
    if found.is_empty() {
        return Err(refused(&"holds no certificate"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use chrono::DateTime;

    use super::*;
    use crate::config::{Config, DEFAULTS};

    /// The settings of a file as an operator writes it.
    fn load(lines: &str) -> Result<Pull, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry.toml");
        std::fs::write(&path, format!("[settings.pulls.SNFDMO]\n{lines}")).unwrap();
        let config: Result<Config, _> = service_kit::config::load_with(DEFAULTS, Some(&path), []);
        let config = config.map_err(|error| error.to_string())?;
        Ok(config.settings.pulls.into_values().next().unwrap())
    }

    fn with(lines: &str) -> Result<Pull, String> {
        load(&format!(
            "url = 'https://co.example.se/f?key=s3cret'\nmode = 'full'\nat = '02:15'\n{lines}"
        ))
    }

    #[test]
    fn what_is_not_said_is_stockholm_and_a_night() {
        let pull = with("").unwrap();
        let noon: DateTime<chrono::Utc> = "2026-07-10T10:00:00Z".parse().unwrap();
        assert_eq!(
            pull.schedule.last(noon).to_string(),
            "2026-07-10 00:15:00 UTC"
        );
        assert_eq!((pull.expected_hours, pull.bytes_max), (26, FILE_BYTES_MAX));
        assert!(pull.authorization.is_none() && pull.authorities.is_empty());
        let there = with("time_zone = 'Europe/Helsinki'").unwrap();
        assert_eq!(
            there.schedule.last(noon).to_string(),
            "2026-07-09 23:15:00 UTC"
        );
    }

    #[test]
    fn a_secret_comes_from_its_file_and_shows_nowhere() {
        service_kit::install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "hemligt\n").unwrap();
        let path = file.display();
        let basic = format!("username = 'uttag'\npassword_file = '{path}'");
        let open_to_others = with(&basic).unwrap_err();
        assert!(open_to_others.contains("set 0600"), "{open_to_others}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let pull = with(&basic).unwrap();
        let sent = pull.authorization.as_ref().unwrap();
        assert_eq!(sent.to_str().unwrap(), "Basic dXR0YWc6aGVtbGlndA==");
        let bearer = with(&format!("bearer_file = '{path}'")).unwrap();
        assert_eq!(
            bearer.authorization.unwrap().to_str().unwrap(),
            "Bearer hemligt"
        );
        let shown = format!("{pull:?} {sent:?}");
        for word in ["hemligt", "dXR0", "s3cret", "example"] {
            assert!(!shown.contains(word), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_right_is_refused_by_name_without_the_secret() {
        for (lines, rule) in [
            ("username = 'uttag'", "and not both"),
            ("username = 'u:v'\npassword = 'hemligt'", "colon"),
            (
                "username = 'u'\npassword = 'hemligt'\nbearer = 'x'",
                "and not both",
            ),
            ("bearer = \"hem\\nligt\"", "control character"),
            ("time_zone = 'Europe/Gävle'", "IANA"),
            ("bytes_max = 0", "bytes_max"),
            ("bytes_max = 1073741825", "bytes_max"),
            ("ca_file = '/nowhere/ca.pem'", "ca_file"),
            ("patience = 3", "patience"),
        ] {
            let error = with(lines).unwrap_err();
            assert!(error.contains(rule), "{lines}: {error}");
            assert!(
                !error.contains("hemligt") && !error.contains("s3cret"),
                "{error}"
            );
        }
        for (url, rule) in [
            ("http://co.example.se/f?key=s3cret", "must be https"),
            ("https://u:s3cret@co.example.se/f", "credential"),
            ("s3cret", "not an address"),
            ("file:///s3cret", "must be https"),
            ("http://localhost.example.se/s3cret", "must be https"),
        ] {
            let error = load(&format!("url = '{url}'\nmode = 'full'\nat = '02:15'")).unwrap_err();
            assert!(error.contains(rule) && !error.contains("s3cret"), "{error}");
        }
        let here = load("url = 'http://[::1]:8000/f'\nmode = 'delta'\nat = '23:59'");
        assert_eq!(here.unwrap().mode, DropMode::Delta);
        assert!(load("url = 'https://a.se/f'\nmode = 'full'\nat = '25:00'").is_err());
    }
}
