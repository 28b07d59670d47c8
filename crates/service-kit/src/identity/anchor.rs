//! What a service believes: the authority's public key, and through it every identity that it enrolled.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use api::privacy as pb;
use chrono::{DateTime, Utc};
use prost::Message;

use super::authority::ANCHOR_FILE;
use super::{IdentityError, authority, signing};
use crate::believed::{Believed, digest_of};

/// The public key of the authority that we trust. While an authority is being replaced there are two, the old and the
/// new: a file may hold several, one per line.
#[derive(Clone, Debug)]
pub struct TrustAnchor {
    keys: Arc<[[u8; 32]]>,
    /// Enrolments that one of the keys has signed: every message of a service carries the same one.
    believed: Believed<Statement>,
}

/// Enrolments that need not be proven again: an installation has few services.
const BELIEVED_MAX: usize = 1_000;

/// A service whose identity was enrolled by the trusted authority and is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIdentity {
    /// The service's name.
    pub service: String,
    /// Its Ed25519 key.
    pub public_key: [u8; 32],
}

impl TrustAnchor {
    /// Reads an anchor file: one public key per line, 64 hexadecimal digits. A folder means [`ANCHOR_FILE`] within it.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, IdentityError> {
        let mut path = path.as_ref().to_path_buf();
        if path.is_dir() {
            path.push(ANCHOR_FILE);
        }
        let content = fs::read_to_string(&path).map_err(IdentityError::file(&path))?;
        let malformed = || IdentityError::malformed(&path, "public key of 64 hexadecimal digits");
        let keys: Vec<[u8; 32]> = content
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let mut key = [0; 32];
                hex::decode_to_slice(line, &mut key)
                    .map(|()| key)
                    .map_err(|_| malformed())
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(malformed());
        }
        Ok(Self::of(keys.into()))
    }

    /// Trusts this key alone.
    pub fn from_key(key: [u8; 32]) -> Self {
        Self::of([key].into())
    }

    fn of(keys: Arc<[[u8; 32]]>) -> Self {
        Self {
            keys,
            believed: Believed::at_most(BELIEVED_MAX),
        }
    }

    /// The content of an anchor file.
    pub fn to_text(&self) -> String {
        let lines = self.keys.iter().map(hex::encode);
        lines.fold(String::new(), |text, line| text + &line + "\n")
    }

    /// Believes an identity, or says why not.
    pub fn verify(
        &self,
        identity: &pb::ServiceIdentity,
        now: DateTime<Utc>,
    ) -> Result<VerifiedIdentity, IdentityError> {
        let read = self.authentic(identity)?;
        if now < read.not_before || now >= read.not_after {
            return Err(IdentityError::Expired);
        }
        Ok(VerifiedIdentity {
            service: read.service.clone(),
            public_key: read.public_key,
        })
    }

    fn authentic(&self, identity: &pb::ServiceIdentity) -> Result<Arc<Statement>, IdentityError> {
        let (statement, signature) = (&identity.statement, &identity.signature);
        let digest = digest_of(&[statement, signature]);
        if let Some(believed) = self.believed.get(&digest) {
            return Ok(believed);
        }
        let signed = |key| signing::verify(key, signing::ENROLMENT, statement, signature).is_ok();
        if !self.keys.iter().any(signed) {
            return Err(IdentityError::Foreign);
        }
        let read = Arc::new(read(identity)?);
        self.believed.keep(digest, Arc::clone(&read));
        Ok(read)
    }

    /// Opens what [`super::Identity::sign_event`] closed: the message, and the service that says it.
    pub fn open_event<M: Message + Default>(
        &self,
        event_type: &str,
        signed: &pb::Signed,
        now: DateTime<Utc>,
    ) -> Result<(M, String), IdentityError> {
        let signer = signed.signer.as_ref().ok_or(IdentityError::Unreadable)?;
        let signer = self.verify(signer, now)?;
        signer.verify(
            &signing::event_domain(event_type),
            &signed.payload,
            &signed.signature,
        )?;
        let message = M::decode(signed.payload.as_slice()).map_err(IdentityError::Payload)?;
        Ok((message, signer.service))
    }
}

impl VerifiedIdentity {
    /// Whether this service signed `message` under `domain`.
    pub fn verify(
        &self,
        domain: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), IdentityError> {
        signing::verify(&self.public_key, domain, message, signature)
    }
}

/// What a certificate says, not yet believed.
pub(super) struct Statement {
    pub(super) service: String,
    pub(super) public_key: [u8; 32],
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
}

pub(super) fn read(identity: &pb::ServiceIdentity) -> Result<Statement, IdentityError> {
    let unreadable = || IdentityError::Unreadable;
    let statement = pb::IdentityStatement::decode(identity.statement.as_slice())
        .map_err(|_| IdentityError::Unreadable)?;
    authority::check_name(&statement.service)?;
    Ok(Statement {
        service: statement.service,
        public_key: statement
            .public_key
            .try_into()
            .map_err(|_| IdentityError::Unreadable)?,
        not_before: statement
            .not_before
            .and_then(moment)
            .ok_or_else(unreadable)?,
        not_after: statement
            .not_after
            .and_then(moment)
            .ok_or_else(unreadable)?,
    })
}

pub(super) fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos =
        i32::try_from(at.timestamp_subsec_nanos() % 1_000_000_000).expect("below a billion");
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos,
    }
}

fn moment(at: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}
