//! The identity of this service: its private key and the certificate that the authority gave for it.

use std::fs;
use std::path::Path;

use api::privacy as pb;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use chrono::{DateTime, Duration, Utc};
use prost::Message;

use super::{Authority, IdentityError, anchor, signing};
use crate::files;

/// The service's private key within its own folder (PKCS#8, mode 0600).
pub const KEY_FILE: &str = "identity.key";
/// The service's certificate within its own folder (protobuf `ServiceIdentity`).
pub const CERTIFICATE_FILE: &str = "identity.cert";

/// How long an enrolment on the spot is valid; it is renewed at a start within the last half.
const VALID_DAYS: i64 = 730;
/// Clocks of two machines may differ by this much.
const CLOCK_SKEW_MINUTES: i64 = 5;

/// Signs in the name of this service.
pub struct Identity {
    service: String,
    key: Ed25519KeyPair,
    certificate: pb::ServiceIdentity,
}

impl Identity {
    /// Reads the identity of `service` from the service's own folder.
    pub fn load(folder: impl AsRef<Path>, service: &str) -> Result<Self, IdentityError> {
        let folder = folder.as_ref();
        let key = load_key(&folder.join(KEY_FILE))?;
        let path = folder.join(CERTIFICATE_FILE);
        let content = fs::read(&path).map_err(IdentityError::file(&path))?;
        let certificate = pb::ServiceIdentity::decode(content.as_slice())
            .map_err(|_| IdentityError::malformed(&path, "certificate"))?;
        let statement = anchor::read(&certificate)?;
        if statement.service != service
            || statement.public_key.as_slice() != key.public_key().as_ref()
        {
            return Err(IdentityError::Mismatch(service.to_owned()));
        }
        Ok(Self {
            service: statement.service,
            key,
            certificate,
        })
    }

    /// Reads the identity, or makes the key and has it enrolled: where the authority is at hand (embedded, tests). Renews
    /// a certificate that is past half its time, or was given by another authority.
    pub fn load_or_enrol(
        folder: impl AsRef<Path>,
        service: &str,
        authority: &Authority,
        now: DateTime<Utc>,
    ) -> Result<Self, IdentityError> {
        let folder = folder.as_ref();
        if let Ok(identity) = Self::load(folder, service)
            && authority
                .anchor()
                .verify(&identity.certificate, now + Duration::days(VALID_DAYS / 2))
                .is_ok()
        {
            return Ok(identity);
        }
        let public_key = Self::create_key(folder)?;
        let not_before = now - Duration::minutes(CLOCK_SKEW_MINUTES);
        let certificate = authority.enrol(
            service,
            public_key,
            not_before,
            now + Duration::days(VALID_DAYS),
        )?;
        Self::install(folder, &certificate)?;
        Self::load(folder, service)
    }

    /// Makes the private key, unless there is one, and answers the public key to be enrolled.
    pub fn create_key(folder: impl AsRef<Path>) -> Result<[u8; 32], IdentityError> {
        let path = folder.as_ref().join(KEY_FILE);
        let document = Ed25519KeyPair::generate()
            .and_then(|key| key.to_pkcs8())
            .map_err(|_| IdentityError::Signature)?;
        files::create_private(&path, document.as_ref()).map_err(IdentityError::file(&path))?;
        let key = load_key(&path)?;
        Ok(key
            .public_key()
            .as_ref()
            .try_into()
            .expect("an Ed25519 public key has 32 bytes"))
    }

    /// Puts the certificate that the authority gave beside the key.
    pub fn install(
        folder: impl AsRef<Path>,
        certificate: &pb::ServiceIdentity,
    ) -> Result<(), IdentityError> {
        let path = folder.as_ref().join(CERTIFICATE_FILE);
        files::replace_public(&path, &certificate.encode_to_vec())
            .map_err(IdentityError::file(&path))
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The certificate that others check our signatures by.
    pub fn certificate(&self) -> &pb::ServiceIdentity {
        &self.certificate
    }

    /// Signs a message for one purpose.
    pub fn sign(&self, domain: &str, message: &[u8]) -> Vec<u8> {
        signing::sign(&self.key, domain, message)
    }

    /// Signs a message for the bus; opened by [`super::TrustAnchor::open_event`].
    pub fn sign_event(&self, event_type: &str, message: &impl Message) -> pb::Signed {
        let payload = message.encode_to_vec();
        let signature = self.sign(&signing::event_domain(event_type), &payload);
        pb::Signed {
            payload,
            signer: Some(self.certificate.clone()),
            signature,
        }
    }

    /// Signs bytes that bring their own separation from everything else: the signing input of a token.
    pub(crate) fn sign_token(&self, signing_input: &[u8]) -> Vec<u8> {
        self.key.sign(signing_input).as_ref().to_vec()
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

fn load_key(path: &Path) -> Result<Ed25519KeyPair, IdentityError> {
    let content = files::read_private(path).map_err(IdentityError::file(path))?;
    let content = zeroize::Zeroizing::new(content);
    Ed25519KeyPair::from_pkcs8(&content)
        .map_err(|_| IdentityError::malformed(path, "Ed25519 key in PKCS#8"))
}
