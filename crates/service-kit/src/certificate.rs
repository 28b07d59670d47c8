//! The TLS certificates in files, as an operator must see them before a handshake fails.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file is missing, unreadable, or no PEM.
    #[error("{path} cannot be read as PEM")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What was wrong.
        source: rustls_pki_types::pem::Error,
    },
    /// There is nothing in it.
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    /// What is in it is no certificate.
    #[error("{0} holds something that is no X.509 certificate")]
    Malformed(PathBuf),
    /// The private key belongs to another certificate.
    #[error("the key {0} does not belong to the certificate {1}")]
    Mismatch(PathBuf, PathBuf),
}

/// The first moment at which a certificate of the file is no longer valid.
///
/// # Errors
/// [`CertificateError`]
pub fn not_after(path: &Path) -> Result<DateTime<Utc>, CertificateError> {
    let malformed = || CertificateError::Malformed(path.to_path_buf());
    let chain = chain(path)?;
    let ends = chain.iter().map(|der| {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| malformed())?;
        let end = certificate.validity().not_after.timestamp();
        DateTime::from_timestamp_secs(end).ok_or_else(malformed)
    });
    let first = ends.collect::<Result<Vec<_>, _>>()?.into_iter().min();
    first.ok_or_else(|| CertificateError::Empty(path.to_path_buf()))
}

/// Whether the private key is that of the certificate.
///
/// # Errors
/// [`CertificateError`]
pub fn belong_together(certificate: &Path, key: &Path) -> Result<(), CertificateError> {
    let mismatch = || CertificateError::Mismatch(key.to_path_buf(), certificate.to_path_buf());
    let private = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let private = any_supported_type(&private).map_err(|_| mismatch())?;
    CertifiedKey::new(chain(certificate)?, Arc::clone(&private))
        .keys_match()
        .map_err(|_| mismatch())
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(unreadable(path))?;
    if chain.is_empty() {
        return Err(CertificateError::Empty(path.to_path_buf()));
    }
    Ok(chain)
}

fn unreadable(path: &Path) -> impl Fn(rustls_pki_types::pem::Error) -> CertificateError {
    move |source| CertificateError::Unreadable {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev_certs;

    #[test]
    fn a_key_belongs_to_its_own_certificate_alone() {
        let folder = tempfile::tempdir().unwrap();
        dev_certs::create(folder.path(), &["orders", "crm"]).unwrap();
        let file = |name: &str| folder.path().join(name);
        belong_together(&file("orders.pem"), &file("orders.key")).unwrap();
        assert!(matches!(
            belong_together(&file("orders.pem"), &file("crm.key")),
            Err(CertificateError::Mismatch(..))
        ));
        assert!(not_after(&file("orders.pem")).unwrap() > DateTime::UNIX_EPOCH);
    }

    #[test]
    fn what_is_no_certificate_is_said_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let missing = not_after(&path).unwrap_err();
        std::fs::write(&path, "nothing").unwrap();
        let empty = not_after(&path).unwrap_err();
        for error in [&missing, &empty] {
            assert!(error.to_string().contains("ca.pem"), "{error}");
        }
    }
}
