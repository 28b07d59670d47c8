//! The enrolment authority of an installation: it says which key speaks for which service.

use std::path::Path;

use api::privacy as pb;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use chrono::{DateTime, Utc};
use prost::Message as _;

use super::anchor::{TrustAnchor, timestamp};
use super::{IdentityError, signing};
use crate::files;

/// The authority's private key within its folder (PKCS#8, mode 0600).
pub const AUTHORITY_FILE: &str = "authority.key";
/// The authority's public key within its folder, the trust anchor of every service (hexadecimal).
pub const ANCHOR_FILE: &str = "anchor.pub";

/// The key that enrols services. In an embedded installation it lies beside the data; else it is kept offline.
pub struct Authority {
    key: Ed25519KeyPair,
}

impl Authority {
    /// Makes a new authority in `folder`: [`AUTHORITY_FILE`] and [`ANCHOR_FILE`]. One that exists is kept and loaded.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, IdentityError> {
        let folder = folder.as_ref();
        let path = folder.join(AUTHORITY_FILE);
        let document = Ed25519KeyPair::generate()
            .and_then(|key| key.to_pkcs8())
            .map_err(|_| IdentityError::Signature)?;
        files::create_private(&path, document.as_ref()).map_err(IdentityError::file(&path))?;
        let authority = Self::load(folder)?;
        let anchor = folder.join(ANCHOR_FILE);
        files::replace_public(&anchor, authority.anchor().to_text().as_bytes())
            .map_err(IdentityError::file(&anchor))?;
        Ok(authority)
    }

    /// Reads the authority of `folder`.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, IdentityError> {
        let path = folder.as_ref().join(AUTHORITY_FILE);
        let content = files::read_private(&path).map_err(IdentityError::file(&path))?;
        let content = zeroize::Zeroizing::new(content);
        let key = Ed25519KeyPair::from_pkcs8(&content)
            .map_err(|_| IdentityError::malformed(&path, "Ed25519 key in PKCS#8"))?;
        Ok(Self { key })
    }

    /// Binds a service's name to its public key for a time.
    pub fn enrol(
        &self,
        service: &str,
        public_key: [u8; 32],
        not_before: DateTime<Utc>,
        not_after: DateTime<Utc>,
    ) -> Result<pb::ServiceIdentity, IdentityError> {
        check_name(service)?;
        let statement = pb::IdentityStatement {
            service: service.to_owned(),
            public_key: public_key.to_vec(),
            not_before: Some(timestamp(not_before)),
            not_after: Some(timestamp(not_after)),
        }
        .encode_to_vec();
        let signature = signing::sign(&self.key, signing::ENROLMENT, &statement);
        Ok(pb::ServiceIdentity {
            statement,
            signature,
        })
    }

    /// What services must know to believe this authority.
    pub fn anchor(&self) -> TrustAnchor {
        let key = self
            .key
            .public_key()
            .as_ref()
            .try_into()
            .expect("an Ed25519 public key has 32 bytes");
        TrustAnchor::from_key(key)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(..)")
    }
}

/// `^[a-z][a-z0-9-]{0,31}$`
pub(super) fn check_name(service: &str) -> Result<(), IdentityError> {
    let starts = service.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = service
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if starts && rest && service.len() <= 32 {
        Ok(())
    } else {
        Err(IdentityError::Name)
    }
}
