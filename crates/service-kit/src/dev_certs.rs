//! Certificates for development and tests: a certificate authority of their own, and one certificate per service that is
//! server and client in one. Not for production: the authority's key lies beside them.

use std::path::Path;

use anyhow::Context as _;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::files;
use crate::grpc::{ClientTls, TlsFiles};

/// The certificate authority's certificate within the folder.
pub const CA_FILE: &str = "ca.pem";
/// The certificate authority's key within the folder (mode 0600).
pub const CA_KEY_FILE: &str = "ca.key";

/// Writes `ca.pem`, `ca.key`, and `<service>.pem`, `<service>.key` for each service into `folder`. What is there already
/// is replaced. A certificate is valid for `localhost`, the service's name and 127.0.0.1, and names its service by
/// `uttag://service/<name>`.
pub fn create(folder: impl AsRef<Path>, services: &[&str]) -> anyhow::Result<()> {
    let folder = folder.as_ref();
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::default();
    ca.distinguished_name
        .push(DnType::CommonName, "Uttag development CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = ca.self_signed(&ca_key)?;
    write(folder, "ca", &certificate.pem(), &ca_key)?;
    let issuer = Issuer::new(ca, ca_key);
    for service in services {
        let key = KeyPair::generate()?;
        let certificate = parameters(service)?.signed_by(&key, &issuer)?;
        write(folder, service, &certificate.pem(), &key)?;
    }
    Ok(())
}

/// The files of a server of `service` that asks its clients for certificates.
pub fn server_files(folder: impl AsRef<Path>, service: &str) -> TlsFiles {
    let folder = folder.as_ref();
    TlsFiles {
        cert: folder.join(format!("{service}.pem")),
        key: folder.join(format!("{service}.key")),
        client_ca: Some(folder.join(CA_FILE)),
    }
}

/// The files of a client that is `service`.
pub fn client_files(folder: impl AsRef<Path>, service: &str) -> ClientTls {
    let folder = folder.as_ref();
    ClientTls {
        ca: folder.join(CA_FILE),
        cert: Some(folder.join(format!("{service}.pem"))),
        key: Some(folder.join(format!("{service}.key"))),
        domain: None,
    }
}

fn parameters(service: &str) -> anyhow::Result<CertificateParams> {
    let name = |text: &str| Ia5String::try_from(text).context("a service's name is ASCII");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, service);
    params.subject_alt_names = vec![
        SanType::DnsName(name("localhost")?),
        SanType::DnsName(name(service)?),
        SanType::IpAddress(std::net::Ipv4Addr::LOCALHOST.into()),
        SanType::URI(name(&format!("{}{service}", crate::grpc::SERVICE_URI))?),
    ];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn write(folder: &Path, name: &str, certificate: &str, key: &KeyPair) -> anyhow::Result<()> {
    let key_pem = zeroize::Zeroizing::new(key.serialize_pem());
    files::replace_private(&folder.join(format!("{name}.key")), key_pem.as_bytes())?;
    files::replace_public(&folder.join(format!("{name}.pem")), certificate.as_bytes())?;
    Ok(())
}
