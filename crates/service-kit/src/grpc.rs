//! gRPC in and out: one server and one client for every service, with the same limits, traces and refusals.

mod access;
mod client;
mod deadline;
mod health;
mod respond;
mod server;
mod tls;
mod trace;
mod traced;

use std::net::SocketAddr;
use std::path::PathBuf;

pub use access::CallerLayer;
pub use client::{ClientChannel, Credentials, as_service, channel, with_token};
pub use health::is_serving;
pub use server::{Server, serve};
pub(crate) use tls::SERVICE_URI;
#[cfg(test)]
pub(crate) use trace::TraceLayer;
pub use traced::Traced;

/// Where a server listens.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port; port 0 takes a free one.
    pub address: SocketAddr,
    /// Encryption; without it only loopback is listened on, unless the configuration is insecure.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
}

/// The files of a server's TLS (PEM).
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The server's certificate chain.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Who signs the certificates of clients; when set, a client must have one.
    #[serde(default)]
    pub client_ca: Option<PathBuf>,
}

/// Where another service is.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// `http://127.0.0.1:7001` or `https://registry:7001`.
    pub url: String,
    /// For `https`: whom to believe, and who we are.
    #[serde(default)]
    pub tls: Option<ClientTls>,
}

/// The files of a client's TLS (PEM).
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTls {
    /// Who signs the certificates of servers.
    pub ca: PathBuf,
    /// Our certificate chain, where the server wants one.
    #[serde(default)]
    pub cert: Option<PathBuf>,
    /// Our private key.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// The name in the server's certificate, when it is not the host of the url.
    #[serde(default)]
    pub domain: Option<String>,
}

impl Endpoint {
    /// An endpoint without TLS: loopback.
    pub fn plain(address: SocketAddr) -> Self {
        Self {
            url: format!("http://{address}"),
            tls: None,
        }
    }
}
