//! Who a service is: an Ed25519 key bound to the service's name by the installation's enrolment authority.
//!
//! Everything signed names its domain, so that a signature for one purpose is worthless for another.

mod anchor;
mod authority;
mod own;
mod signing;

use std::io;
use std::path::{Path, PathBuf};

pub use anchor::{TrustAnchor, VerifiedIdentity};
pub use authority::{ANCHOR_FILE, AUTHORITY_FILE, Authority};
pub use own::{CERTIFICATE_FILE, Identity, KEY_FILE};

/// Why an identity could not be used, or a signature not believed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A key or certificate file cannot be read or written.
    #[error("cannot use the identity file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file does not hold what its name says.
    #[error("the identity file {path} holds no {expected}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
    },
    /// The certificate names another service, or another key.
    #[error("the certificate does not belong to the service {0}")]
    Mismatch(String),
    /// A service name must be lower case, begin with a letter, and have at most 32 characters.
    #[error("no valid service name")]
    Name,
    /// The message is no identity, or misses its signer.
    #[error("no identity can be read")]
    Unreadable,
    /// The authority that signed it is not the one that we trust.
    #[error("the identity was not enrolled by the trusted authority")]
    Foreign,
    /// The certificate is not valid at that moment.
    #[error("the identity is not valid at this time")]
    Expired,
    /// Somebody else signed, or what was signed has changed.
    #[error("the signature does not match")]
    Signature,
    /// The payload is not the message that its type promises.
    #[error("the signed payload cannot be decoded")]
    Payload(#[source] prost::DecodeError),
}

impl IdentityError {
    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    fn malformed(path: &Path, expected: &'static str) -> Self {
        Self::Malformed {
            path: path.to_path_buf(),
            expected,
        }
    }
}
