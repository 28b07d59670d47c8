//! TLS of servers and clients, and whose certificate it is.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use tonic::transport::{Certificate, ClientTlsConfig, Identity, ServerTlsConfig};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::{ClientTls, TlsFiles};

/// A certificate names its service by the URI `uttag://service/<name>` among its alternative names.
pub(crate) const SERVICE_URI: &str = "uttag://service/";

pub(super) fn server(files: &TlsFiles) -> anyhow::Result<ServerTlsConfig> {
    crate::install_crypto();
    let config = ServerTlsConfig::new().identity(identity(&files.cert, &files.key)?);
    match &files.client_ca {
        Some(ca) => Ok(config.client_ca_root(Certificate::from_pem(read(ca)?))),
        None => Ok(config),
    }
}

pub(super) fn client(files: &ClientTls) -> anyhow::Result<ClientTlsConfig> {
    crate::install_crypto();
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(&files.ca)?));
    match (&files.cert, &files.key) {
        (Some(cert), Some(key)) => config = config.identity(identity(cert, key)?),
        (None, None) => {}
        _ => bail!("tls.cert and tls.key belong together"),
    }
    if let Some(domain) = &files.domain {
        config = config.domain_name(domain.clone());
    }
    Ok(config)
}

/// Whether a certificate (DER) names this service.
pub(super) fn names_service(certificate: &[u8], service: &str) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return false;
    };
    let Ok(Some(names)) = certificate.subject_alternative_name() else {
        return false;
    };
    let is_service = |name: &GeneralName<'_>| matches!(name, GeneralName::URI(uri) if uri.strip_prefix(SERVICE_URI) == Some(service));
    names.value.general_names.iter().any(is_service)
}

fn identity(cert: &Path, key: &Path) -> anyhow::Result<Identity> {
    Ok(Identity::from_pem(read(cert)?, read(key)?))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
