//! Checks tokens: the certificate inside by the trust anchor, the signature by the certificate, then what it claims.

use std::sync::Arc;

use api::privacy::ServiceIdentity;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode, decode_header};
use kernel::SharedClock;
use prost::Message as _;

use super::claims::Claims;
use super::{Caller, CallerError, CallerKind, GATEWAY, TOKEN_LIFETIME_MAX};
use crate::believed::{Believed, digest_of};
use crate::identity::{IdentityError, TrustAnchor, VerifiedIdentity};

/// A longer token is refused unread.
const TOKEN_LENGTH_MAX: usize = 8 * 1024;
/// Tokens whose signature need not be proven again: a caller says the same one many times.
const BELIEVED_MAX: usize = 10_000;
/// The clocks of two machines may differ by this many seconds.
const CLOCK_SKEW_SECONDS: i64 = 30;

/// Believes tokens that are meant for this service.
#[derive(Clone, Debug)]
pub struct TokenVerifier {
    anchor: TrustAnchor,
    audience: String,
    clock: SharedClock,
    believed: Believed<Claims>,
}

impl TokenVerifier {
    /// Verifies for one audience: the service's own name.
    pub fn new(anchor: TrustAnchor, audience: impl Into<String>, clock: SharedClock) -> Self {
        Self {
            anchor,
            audience: audience.into(),
            clock,
            believed: Believed::at_most(BELIEVED_MAX),
        }
    }

    /// The service whose tokens are believed here.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The caller that a token names.
    pub fn verify(&self, token: &str) -> Result<Caller, CallerError> {
        let claims = self.authentic(token)?;
        self.check_time(&claims)?;
        if claims.aud != self.audience {
            return Err(CallerError::Audience);
        }
        let may_speak = match claims.kind {
            CallerKind::Service => claims.iss == claims.sub,
            CallerKind::Staff
            | CallerKind::Provider
            | CallerKind::Provisioning
            | CallerKind::Public => claims.iss == GATEWAY,
        };
        if !may_speak {
            return Err(CallerError::Issuer);
        }
        claims.to_caller().ok_or(CallerError::Invalid)
    }

    /// The claims, once the key that the trusted authority gave the issuer has signed them. The issuer's certificate is
    /// looked at each time: it may have expired meanwhile.
    fn authentic(&self, token: &str) -> Result<Arc<Claims>, CallerError> {
        if token.len() > TOKEN_LENGTH_MAX {
            return Err(CallerError::Invalid);
        }
        let digest = digest_of(&[token.as_bytes()]);
        if let Some(claims) = self.believed.get(&digest) {
            self.issuer(&claims)?;
            return Ok(claims);
        }
        let claims = Arc::new(self.proven(token)?);
        self.believed.keep(digest, Arc::clone(&claims));
        Ok(claims)
    }

    fn proven(&self, token: &str) -> Result<Claims, CallerError> {
        let header = decode_header(token).ok();
        if header.is_none_or(|header| header.alg != Algorithm::EdDSA) {
            return Err(CallerError::Invalid);
        }
        // Read before it is believed, for the certificate alone; what is believed is decoded again below.
        let unproven: Claims =
            dangerous::insecure_decode_claims(token).map_err(|_| CallerError::Invalid)?;
        let issuer = self.issuer(&unproven)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Time and audience are checked by our own clock and with reasons of our own.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let key = DecodingKey::from_ed_der(&issuer.public_key);
        let proven = decode::<Claims>(token, &key, &validation)
            .map_err(|_| CallerError::Invalid)?
            .claims;
        if proven.iss != issuer.service {
            return Err(CallerError::Issuer);
        }
        Ok(proven)
    }

    fn issuer(&self, claims: &Claims) -> Result<VerifiedIdentity, CallerError> {
        let bytes = STANDARD
            .decode(&claims.cnf)
            .map_err(|_| CallerError::Invalid)?;
        let certificate =
            ServiceIdentity::decode(bytes.as_slice()).map_err(|_| CallerError::Invalid)?;
        self.anchor
            .verify(&certificate, self.clock.now())
            .map_err(|error| match error {
                IdentityError::Expired => CallerError::Expired,
                _ => CallerError::Untrusted,
            })
    }

    fn check_time(&self, claims: &Claims) -> Result<(), CallerError> {
        let now = self.clock.now().timestamp();
        let lifetime = i64::try_from(TOKEN_LIFETIME_MAX.as_secs()).expect("fifteen minutes fit");
        let valid = claims.exp > now
            && claims.iat <= now.saturating_add(CLOCK_SKEW_SECONDS)
            && claims.exp.saturating_sub(claims.iat) <= lifetime;
        if valid {
            Ok(())
        } else {
            Err(CallerError::Expired)
        }
    }
}
