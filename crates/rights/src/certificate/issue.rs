//! Signing certificates and amendments.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use serde::Serialize;
use service_kit::identity::Identity;

use super::document::{Amendment, Body, Issuer};
use super::{AMENDMENT_DOMAIN, DOMAIN};

/// Signs a certificate in the name of the rights service: the canonical document.
#[must_use]
pub fn issue(identity: &Identity, body: &Body) -> Vec<u8> {
    sign(identity, DOMAIN, "certificate", body)
}

/// Signs a later change.
#[must_use]
pub fn amend(identity: &Identity, amendment: &Amendment) -> Vec<u8> {
    sign(identity, AMENDMENT_DOMAIN, "amendment", amendment)
}

impl Issuer {
    /// The issuer as it signs.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        let certificate = identity.certificate();
        let key = api::privacy::IdentityStatement::decode(certificate.statement.as_slice())
            .map(|statement| statement.public_key)
            .unwrap_or_default();
        Self {
            service: identity.service().to_owned(),
            identity: STANDARD.encode(certificate.encode_to_vec()),
            key_id: key_id(&key),
        }
    }
}

/// SHA-256 of a public key, hexadecimal.
pub(super) fn key_id(public_key: &[u8]) -> String {
    hex::encode(digest(&SHA256, public_key))
}

fn sign(identity: &Identity, domain: &str, name: &str, inner: &impl Serialize) -> Vec<u8> {
    let canonical = serde_json_canonicalizer::to_vec(inner)
        .expect("strings and small numbers are canonical JSON");
    let signature = STANDARD.encode(identity.sign(domain, &canonical));
    let inner: serde_json::Value =
        serde_json::from_slice(&canonical).expect("canonical JSON is JSON");
    let document = serde_json::json!({ name: inner, "signature": signature });
    serde_json_canonicalizer::to_vec(&document).expect("a JSON value is canonicalised")
}
