//! Checking a certificate offline: exact bytes, the issuer's chain, the signature, every holder's proof, the whole set.

use std::collections::{BTreeMap, BTreeSet};

use api::privacy as pb;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use prost::Message as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use service_kit::identity::{IdentityError, TrustAnchor};

use super::document::{Amendment, Body, HolderProof, Issuer};
use super::issue::key_id;
use super::{AMENDMENT_DOMAIN, DOMAIN, VERSION};
use crate::domain::ledger::EntryKind;

/// Only this service issues certificates.
const ISSUER: &str = "rights";

/// Why a document is not believed.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Not a certificate, or not its canonical bytes: something was inserted, appended or spelled otherwise.
    #[error("the document is not a certificate in its canonical form")]
    NotCanonical,
    /// The layout is of another version.
    #[error("the certificate has an unknown version")]
    Version,
    /// The issuer is not the rights service of the installation that the key belongs to.
    #[error("the issuer is not the rights service enrolled under this key")]
    Issuer(#[source] IdentityError),
    /// The issuer names another service or key.
    #[error("the issuer is not the rights service")]
    WrongIssuer,
    /// The signature does not cover these bytes.
    #[error("the signature does not match")]
    Signature(#[source] IdentityError),
    /// A holder's answer is not signed by that holder.
    #[error("the proof of {holder} is not signed by it")]
    Proof {
        /// Who.
        holder: String,
        /// Why.
        #[source]
        source: IdentityError,
    },
    /// A holder's answer belongs to something else, or says that something is left.
    #[error("the proof of {holder} does not prove this request")]
    Unproven {
        /// Who.
        holder: String,
    },
    /// The ledger's entries do not belong to this request, or their hashes do not match.
    #[error("the ledger entries do not match")]
    Ledger,
    /// A holder that was ordered has no proof in the certificate.
    #[error("the set of holders is not complete: {holder}")]
    Incomplete {
        /// Who.
        holder: String,
    },
    /// The amendment belongs to another certificate.
    #[error("the amendment belongs to another certificate")]
    OtherCertificate,
}

/// What a certificate that is believed says.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The content.
    pub body: Body,
    /// SHA-256 of the document, hexadecimal: what amendments refer to.
    pub hash: String,
}

/// What an amendment that is believed says.
#[derive(Clone, Debug)]
pub struct VerifiedAmendment {
    /// The content.
    pub amendment: Amendment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    certificate: Body,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AmendmentDocument {
    amendment: Amendment,
    signature: String,
}

/// Checks a certificate against the public key of the installation's enrolment authority.
///
/// # Errors
/// [`CertificateError`] says what does not hold; nothing of the document is to be believed then.
pub fn verify(document: &[u8], anchor_public_key: &[u8; 32]) -> Result<Verified, CertificateError> {
    verify_with(document, &TrustAnchor::from_key(*anchor_public_key))
}

/// The same against a loaded anchor file, which may hold an old and a new key.
///
/// # Errors
/// As [`verify`].
pub fn verify_with(document: &[u8], anchor: &TrustAnchor) -> Result<Verified, CertificateError> {
    let Document {
        certificate: body,
        signature,
    } = read_canonical(document)?;
    if body.version != VERSION {
        return Err(CertificateError::Version);
    }
    let completed = instant(&body.dates.completed)?;
    check_signature(anchor, &body.issuer, completed, DOMAIN, &body, &signature)?;
    check_ledger(&body)?;
    check_set(&body)?;
    for proof in &body.holders {
        check_proof(anchor, &body, proof)?;
    }
    Ok(Verified {
        body,
        hash: hash(document),
    })
}

/// Checks an amendment to a certificate that was verified.
///
/// # Errors
/// As [`verify`]; [`CertificateError::OtherCertificate`] when it refers to another one.
pub fn verify_amendment(
    document: &[u8],
    certificate: &Verified,
    anchor: &TrustAnchor,
) -> Result<VerifiedAmendment, CertificateError> {
    let AmendmentDocument {
        amendment,
        signature,
    } = read_canonical(document)?;
    let at = instant(&amendment.at)?;
    check_signature(
        anchor,
        &amendment.issuer,
        at,
        AMENDMENT_DOMAIN,
        &amendment,
        &signature,
    )?;
    if amendment.certificate != certificate.hash
        || amendment.request_id != certificate.body.request.id
    {
        return Err(CertificateError::OtherCertificate);
    }
    Ok(VerifiedAmendment { amendment })
}

/// SHA-256 of a document, hexadecimal.
pub(crate) fn hash(document: &[u8]) -> String {
    hex::encode(digest(&SHA256, document))
}

/// The document is exactly what its content would be written as.
fn read_canonical<T: Serialize + DeserializeOwned>(document: &[u8]) -> Result<T, CertificateError> {
    let read: T = serde_json::from_slice(document).map_err(|_| CertificateError::NotCanonical)?;
    let canonical =
        serde_json_canonicalizer::to_vec(&read).map_err(|_| CertificateError::NotCanonical)?;
    if canonical == document {
        Ok(read)
    } else {
        Err(CertificateError::NotCanonical)
    }
}

fn check_signature(
    anchor: &TrustAnchor,
    issuer: &Issuer,
    at: DateTime<Utc>,
    domain: &str,
    inner: &impl Serialize,
    signature: &str,
) -> Result<(), CertificateError> {
    let identity = anchor
        .verify(&identity(&issuer.identity)?, at)
        .map_err(CertificateError::Issuer)?;
    let named = identity.service == ISSUER && issuer.service == ISSUER;
    if !named || issuer.key_id != key_id(&identity.public_key) {
        return Err(CertificateError::WrongIssuer);
    }
    let canonical =
        serde_json_canonicalizer::to_vec(inner).map_err(|_| CertificateError::NotCanonical)?;
    identity
        .verify(domain, &canonical, &bytes(signature)?)
        .map_err(CertificateError::Signature)
}

/// Every entry hashes to what is named, belongs to the request (or retires a holder), and the last says "completed".
fn check_ledger(body: &Body) -> Result<(), CertificateError> {
    let mut last = 0;
    for line in &body.ledger {
        let own =
            line.head.request_id == body.request.id && line.head.network == body.request.network;
        let retires = line.head.kind == EntryKind::HolderRetired.as_str();
        if line.head.hash() != line.hash || line.head.entry <= last || !(own || retires) {
            return Err(CertificateError::Ledger);
        }
        last = line.head.entry;
    }
    let done = body
        .ledger
        .last()
        .is_some_and(|line| line.head.kind == EntryKind::Completed.as_str());
    let ordered = body
        .ledger
        .iter()
        .any(|line| line.head.kind == EntryKind::ErasureOrdered.as_str());
    if done && ordered {
        Ok(())
    } else {
        Err(CertificateError::Ledger)
    }
}

/// Whoever the ledger ordered has a proof for that entry, or was retired; the completing entry names exactly the proofs.
fn check_set(body: &Body) -> Result<(), CertificateError> {
    let proofs: BTreeMap<&str, &HolderProof> = body
        .holders
        .iter()
        .map(|p| (p.holder.as_str(), p))
        .collect();
    if proofs.len() != body.holders.len() {
        return Err(CertificateError::Ledger);
    }
    let retired = retired(body)?;
    for line in body
        .ledger
        .iter()
        .filter(|line| line.head.kind == EntryKind::ErasureOrdered.as_str())
    {
        for ordered in &line.head.holders {
            let proven = proofs
                .get(ordered.holder.as_str())
                .is_some_and(|p| p.ledger_entry == line.head.entry);
            if !proven && !retired.contains(ordered.holder.as_str()) {
                return Err(CertificateError::Incomplete {
                    holder: ordered.holder.clone(),
                });
            }
        }
    }
    let completed = body.ledger.last().ok_or(CertificateError::Ledger)?;
    let named: BTreeMap<&str, &str> = completed
        .head
        .holders
        .iter()
        .map(|h| (h.holder.as_str(), h.digest.as_str()))
        .collect();
    for (holder, proof) in &proofs {
        if named.get(holder).copied() != Some(proof_digest(proof)?.as_str()) {
            return Err(CertificateError::Incomplete {
                holder: (*holder).to_owned(),
            });
        }
    }
    match named.keys().find(|holder| !proofs.contains_key(*holder)) {
        Some(holder) => Err(CertificateError::Incomplete {
            holder: (*holder).to_owned(),
        }),
        None => Ok(()),
    }
}

fn retired(body: &Body) -> Result<BTreeSet<&str>, CertificateError> {
    let mut retired = BTreeSet::new();
    for line in &body.retired {
        let entry = body
            .ledger
            .iter()
            .find(|entry| entry.head.entry == line.ledger_entry);
        let says = entry.is_some_and(|entry| {
            entry.head.kind == EntryKind::HolderRetired.as_str()
                && entry.head.holders.iter().any(|h| h.holder == line.holder)
        });
        if !says {
            return Err(CertificateError::Ledger);
        }
        retired.insert(line.holder.as_str());
    }
    Ok(retired)
}

fn check_proof(
    anchor: &TrustAnchor,
    body: &Body,
    proof: &HolderProof,
) -> Result<(), CertificateError> {
    let unproven = || CertificateError::Unproven {
        holder: proof.holder.clone(),
    };
    let signed = pb::Signed {
        payload: bytes(&proof.answer)?,
        signer: Some(identity(&proof.identity)?),
        signature: bytes(&proof.signature)?,
    };
    let completed = instant(&body.dates.completed)?;
    let (answer, signer) = anchor
        .open_event::<pb::ExecutionAnswered>(&proof.answer_type, &signed, completed)
        .map_err(|source| CertificateError::Proof {
            holder: proof.holder.clone(),
            source,
        })?;
    let own = signer == proof.holder && answer.holder == proof.holder;
    let typed = proof.answer_type == answer_type(&proof.holder);
    let this = answer.request_id == body.request.id && answer.ledger_entry == proof.ledger_entry;
    let nothing_left =
        answer.keys_residual == 0 && answer.categories.iter().all(|c| c.residual == 0);
    let lines: Vec<_> = answer
        .categories
        .iter()
        .map(super::CategoryLine::of)
        .collect();
    if own
        && typed
        && this
        && nothing_left
        && answer.verified_at.is_some()
        && lines == proof.categories
    {
        Ok(())
    } else {
        Err(unproven())
    }
}

/// The type of a holder's answer.
pub(crate) fn answer_type(holder: &str) -> String {
    format!("{holder}.execution.answered.v1")
}

/// What the completing ledger entry holds of a proof.
fn proof_digest(proof: &HolderProof) -> Result<String, CertificateError> {
    Ok(super::proof_digest(
        &bytes(&proof.answer)?,
        &bytes(&proof.signature)?,
    ))
}

fn identity(text: &str) -> Result<pb::ServiceIdentity, CertificateError> {
    pb::ServiceIdentity::decode(bytes(text)?.as_slice()).map_err(|_| CertificateError::NotCanonical)
}

fn bytes(text: &str) -> Result<Vec<u8>, CertificateError> {
    STANDARD
        .decode(text)
        .map_err(|_| CertificateError::NotCanonical)
}

fn instant(text: &str) -> Result<DateTime<Utc>, CertificateError> {
    text.parse().map_err(|_| CertificateError::NotCanonical)
}
