//! The sections that every service has.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::ConfigError;
use crate::database::{self, DatabaseConfig};
use crate::files;
use crate::grpc::{Endpoint, Listen};
use crate::telemetry::TelemetryConfig;

/// The configuration of one service; `S` is the service's own section `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig<S> {
    /// Where other services reach it.
    pub grpc: Listen,
    /// Where providers reach it.
    #[serde(default)]
    pub provider_grpc: Option<Listen>,
    /// Where operators reach it.
    #[serde(default)]
    pub admin: Option<SocketAddr>,
    /// Its database.
    pub database: DatabaseConfig,
    /// Its key store.
    pub keys: KeysConfig,
    /// Who it is.
    pub identity: IdentityConfig,
    /// The bus.
    pub messaging: MessagingConfig,
    /// The rights service.
    pub rights: Endpoint,
    /// Other services by name.
    #[serde(default)]
    pub peers: BTreeMap<String, Endpoint>,
    /// Mail, if it sends any.
    #[serde(default)]
    pub mail: Option<MailConfig>,
    /// Logs and traces.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// Allows connections to other machines without TLS. Logged at every start.
    #[serde(default)]
    pub insecure: bool,
    /// The service's own settings.
    pub settings: S,
}

/// The key store: apart from the database, never in the same backup.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysConfig {
    /// Where the wrapped keys of persons are.
    pub database: DatabaseConfig,
    /// The key that wraps them.
    pub master_key_file: PathBuf,
    /// The key of look-up tokens.
    pub pepper_file: PathBuf,
}

/// Who the service is, and whom it believes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    /// The service's own folder, with `identity.key` and `identity.cert`.
    pub directory: PathBuf,
    /// The authority's public key.
    pub anchor_file: PathBuf,
}

/// How events travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawMessaging")]
pub struct MessagingConfig {
    /// Within the process, or over RabbitMQ.
    pub transport: TransportKind,
    /// `amqps://user:password@host/vhost`
    pub url: Option<SecretString>,
    /// Who signs the broker's certificate.
    pub ca_file: Option<PathBuf>,
}

/// Which bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// Within the process.
    Local,
    /// RabbitMQ.
    Amqp,
}

/// How mail leaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawMail")]
pub struct MailConfig {
    /// `smtps://user:password@host`, `smtp://127.0.0.1:1025`
    pub smtp_url: SecretString,
    /// The sender: `Uttag <no-reply@example.se>`.
    pub from: String,
    /// What links in mails begin with.
    pub public_url: String,
}

impl<S> ServiceConfig<S> {
    /// Refuses what must not be run with: another machine without TLS, unless `insecure` says so.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.insecure {
            tracing::warn!(
                "insecure = true: connections to other machines may be readable by others"
            );
            return Ok(());
        }
        check_listen("grpc", &self.grpc)?;
        if let Some(listen) = &self.provider_grpc {
            check_listen("provider_grpc", listen)?;
        }
        check_endpoint("rights", &self.rights)?;
        for (name, endpoint) in &self.peers {
            check_endpoint(&format!("peers.{name}"), endpoint)?;
        }
        check_database("database.url", &self.database)?;
        check_database("keys.database.url", &self.keys.database)?;
        check_broker(&self.messaging)?;
        self.mail.as_ref().map_or(Ok(()), check_mail)
    }
}

fn check_listen(key: &str, listen: &Listen) -> Result<(), ConfigError> {
    if listen.tls.is_some() || listen.address.ip().is_loopback() {
        return Ok(());
    }
    Err(ConfigError::refused(
        format!("{key}.tls"),
        "is required to listen beyond this machine (or insecure = true)",
    ))
}

fn check_endpoint(key: &str, endpoint: &Endpoint) -> Result<(), ConfigError> {
    if endpoint.url.starts_with("https://") || is_loopback(&endpoint.url) {
        return Ok(());
    }
    Err(ConfigError::refused(
        format!("{key}.url"),
        "must be https beyond this machine (or insecure = true)",
    ))
}

fn check_database(key: &str, config: &DatabaseConfig) -> Result<(), ConfigError> {
    if database::is_protected(config.url.expose_secret()) {
        return Ok(());
    }
    Err(ConfigError::refused(
        key,
        "must not say sslmode=disable beyond this machine (or insecure = true)",
    ))
}

fn check_broker(messaging: &MessagingConfig) -> Result<(), ConfigError> {
    let url = messaging.url.as_ref().map_or("", |url| url.expose_secret());
    if messaging.transport == TransportKind::Local
        || url.starts_with("amqps://")
        || is_loopback(url)
    {
        return Ok(());
    }
    Err(ConfigError::refused(
        "messaging.url",
        "must be amqps beyond this machine (or insecure = true)",
    ))
}

fn check_mail(mail: &MailConfig) -> Result<(), ConfigError> {
    let url = mail.smtp_url.expose_secret();
    if url.starts_with("smtps://") || url.contains("tls=required") || is_loopback(url) {
        return Ok(());
    }
    Err(ConfigError::refused(
        "mail.smtp_url",
        "must be smtps, or say ?tls=required, beyond this machine (or insecure = true)",
    ))
}

fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some((ip, _)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return ip
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    }
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// [`DatabaseConfig`] as it is written: the url itself, or `url_file`, which wins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDatabase {
    url: Option<SecretString>,
    url_file: Option<PathBuf>,
    max_connections: Option<u32>,
}

impl TryFrom<RawDatabase> for DatabaseConfig {
    type Error = String;

    fn try_from(raw: RawDatabase) -> Result<Self, String> {
        Ok(Self {
            url: secret("url", raw.url, raw.url_file)?.ok_or("url or url_file is missing")?,
            max_connections: raw.max_connections.unwrap_or(Self::MAX_CONNECTIONS),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMessaging {
    transport: TransportKind,
    url: Option<SecretString>,
    url_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl TryFrom<RawMessaging> for MessagingConfig {
    type Error = String;

    fn try_from(raw: RawMessaging) -> Result<Self, String> {
        let url = secret("url", raw.url, raw.url_file)?;
        if raw.transport == TransportKind::Amqp && url.is_none() {
            return Err("url or url_file is missing for the transport amqp".to_owned());
        }
        Ok(Self {
            transport: raw.transport,
            url,
            ca_file: raw.ca_file,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMail {
    smtp_url: Option<SecretString>,
    smtp_url_file: Option<PathBuf>,
    from: String,
    public_url: String,
}

impl TryFrom<RawMail> for MailConfig {
    type Error = String;

    fn try_from(raw: RawMail) -> Result<Self, String> {
        let smtp_url = secret("smtp_url", raw.smtp_url, raw.smtp_url_file)?
            .ok_or("smtp_url or smtp_url_file is missing")?;
        Ok(Self {
            smtp_url,
            from: raw.from,
            public_url: raw.public_url,
        })
    }
}

/// A secret as written, or from its file (mode 0600), which wins; for the `TryFrom` of a section that has one.
///
/// # Errors
/// The file `{key}_file` cannot be read, others may read it, or it is no text. The message names the file, never the secret.
pub fn secret(
    key: &str,
    given: Option<SecretString>,
    file: Option<PathBuf>,
) -> Result<Option<SecretString>, String> {
    let Some(path) = file else { return Ok(given) };
    let content = files::read_private(&path)
        .map_err(|error| format!("{key}_file {}: {error}", path.display()))?;
    let text = String::from_utf8(content)
        .map_err(|_| format!("{key}_file {} is no text", path.display()))?;
    Ok(Some(SecretString::from(text.trim().to_owned())))
}
