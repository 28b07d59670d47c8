//! Makes tokens: JWT with EdDSA (RFC 8037), signed by the service's identity.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kernel::SharedClock;
use prost::Message as _;

use super::claims::Claims;
use super::{Caller, CallerKind, TOKEN_LIFETIME_MAX};
use crate::identity::Identity;

const HEADER: &[u8] = br#"{"typ":"JWT","alg":"EdDSA"}"#;

/// Signs tokens in the name of this service: the gateway for everybody, any other service for itself.
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    identity: Arc<Identity>,
    clock: SharedClock,
}

impl TokenIssuer {
    /// Issues with this identity.
    pub fn new(identity: Arc<Identity>, clock: SharedClock) -> Self {
        Self { identity, clock }
    }

    /// The service in whose name tokens are signed.
    pub fn service(&self) -> &str {
        self.identity.service()
    }

    /// A token by which `audience` knows the caller, valid for `ttl`, at most [`TOKEN_LIFETIME_MAX`].
    ///
    /// # Panics
    /// Never: a token's claims are strings and numbers.
    pub fn issue(&self, caller: &Caller, audience: &str, ttl: Duration) -> String {
        let now = self.clock.now().timestamp();
        let seconds =
            i64::try_from(ttl.min(TOKEN_LIFETIME_MAX).as_secs()).expect("fifteen minutes fit");
        let claims = Claims {
            iss: self.identity.service().to_owned(),
            sub: caller.id.clone(),
            aud: audience.to_owned(),
            iat: now,
            exp: now + seconds,
            kind: caller.kind,
            roles: if caller.kind == CallerKind::Staff {
                caller.roles.clone()
            } else {
                Vec::new()
            },
            network: caller.network.as_ref().map(ToString::to_string),
            provider: caller.provider.as_ref().map(ToString::to_string),
            purpose: caller.purpose.clone(),
            cnf: STANDARD.encode(self.identity.certificate().encode_to_vec()),
        };
        let claims = serde_json::to_vec(&claims).expect("claims are strings and numbers");
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(HEADER),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = self.identity.sign_token(input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
