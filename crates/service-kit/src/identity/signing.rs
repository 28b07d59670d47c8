//! Ed25519 with domain separation: what is signed is prefix, length of the domain, domain, message.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

use super::IdentityError;

/// What an enrolment statement is signed under.
pub(super) const ENROLMENT: &str = "enrolment";

const PREFIX: &[u8] = b"uttag signature v1\0";

/// The domain of a signed event.
pub(super) fn event_domain(event_type: &str) -> String {
    format!("event {event_type}")
}

pub(super) fn sign(key: &Ed25519KeyPair, domain: &str, message: &[u8]) -> Vec<u8> {
    key.sign(&separated(domain, message)).as_ref().to_vec()
}

pub(super) fn verify(
    public_key: &[u8; 32],
    domain: &str,
    message: &[u8],
    signature: &[u8],
) -> Result<(), IdentityError> {
    UnparsedPublicKey::new(&ED25519, public_key)
        .verify(&separated(domain, message), signature)
        .map_err(|_| IdentityError::Signature)
}

fn separated(domain: &str, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(domain.len())
        .expect("domains are short names")
        .to_be_bytes();
    [PREFIX, &length, domain.as_bytes(), message].concat()
}
