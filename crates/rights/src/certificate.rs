//! The certificate of a finished request, and its verifier, which needs nothing but the installation's anchor key.
//!
//! A document is canonical JSON (RFC 8785): `{"certificate": {…}, "signature": "…"}`. The signature covers the canonical
//! bytes of the inner object, in which the issuer's identity lies, so that nothing can be changed, inserted, appended or
//! signed again by another key. No identifier of the person is in it: a commitment instead.

mod document;
mod issue;
mod verify;

use aws_lc_rs::digest::{SHA256, digest};

pub use document::{
    Amendment, Body, CategoryLine, CountClass, Dates, HolderProof, Issuer, LedgerLine, Person,
    RecipientLine, Request, RetiredLine,
};
pub use issue::{amend, issue};
pub use verify::{
    CertificateError, Verified, VerifiedAmendment, verify, verify_amendment, verify_with,
};
pub(crate) use verify::{answer_type, hash};

/// What a certificate is signed under.
const DOMAIN: &str = "certificate";
/// What an amendment is signed under.
const AMENDMENT_DOMAIN: &str = "certificate amendment";
/// The layout of the document.
pub(crate) const VERSION: u32 = 1;
/// After so many days every backup has expired (privacy.md §3).
pub const BACKUP_DAYS: u64 = 92;

/// What the completing ledger entry holds of a holder's signed answer, hexadecimal.
pub(crate) fn proof_digest(answer: &[u8], signature: &[u8]) -> String {
    hex::encode(digest(
        &SHA256,
        &[b"uttag proof v1\0", answer, signature].concat(),
    ))
}

impl CategoryLine {
    /// The coarse line of an outcome.
    pub(crate) fn of(outcome: &api::privacy::CategoryOutcome) -> Self {
        Self {
            category: outcome.category.clone(),
            erased: outcome.erased.into(),
            retained: outcome.retained.into(),
            legal_basis: outcome.legal_basis.clone(),
            retain_until: outcome.retain_until.clone(),
        }
    }
}

#[cfg(test)]
mod tamper_test;
