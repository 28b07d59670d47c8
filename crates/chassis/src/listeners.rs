//! The sockets of a service, bound before anything else happens.

use std::net::SocketAddr;

use anyhow::Context as _;
use service_kit::config::ServiceConfig;
use tokio::net::TcpListener;

/// What a service listens on.
#[derive(Debug)]
pub struct Listeners {
    /// For other services.
    pub grpc: TcpListener,
    /// For providers' systems.
    pub provider: Option<TcpListener>,
    /// For operators.
    pub admin: Option<TcpListener>,
    /// For browsers and partners.
    pub http: Option<TcpListener>,
}

impl Listeners {
    /// Binds what the configuration names; `http` is the address of a service that has web pages.
    ///
    /// # Errors
    /// An address that is taken or not ours.
    pub async fn bind<S>(
        config: &ServiceConfig<S>,
        http: Option<SocketAddr>,
    ) -> anyhow::Result<Self> {
        let provider = config.provider_grpc.as_ref().map(|listen| listen.address);
        Ok(Self {
            grpc: bind("grpc.address", config.grpc.address).await?,
            provider: maybe("provider_grpc.address", provider).await?,
            admin: maybe("admin", config.admin).await?,
            http: maybe("settings.http", http).await?,
        })
    }
}

async fn maybe(key: &str, address: Option<SocketAddr>) -> anyhow::Result<Option<TcpListener>> {
    match address {
        Some(address) => Ok(Some(bind(key, address).await?)),
        None => Ok(None),
    }
}

async fn bind(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{key}: cannot listen on {address}"))
}
