//! The sockets of a service, bound before anything else happens.

use std::collections::HashMap;
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

/// Sockets that are bound already, by their address.
#[derive(Debug, Default)]
pub struct Bound(HashMap<SocketAddr, TcpListener>);

impl Listeners {
    /// Binds what the configuration names; `http` is the address of a service that has web pages.
    ///
    /// # Errors
    /// An address that is taken or not ours.
    pub async fn bind<S>(
        config: &ServiceConfig<S>,
        http: Option<SocketAddr>,
    ) -> anyhow::Result<Self> {
        Self::from_bound(&mut Bound::default(), config, http).await
    }

    /// Takes what the configuration names from the sockets that are bound already, and binds the rest.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub async fn from_bound<S>(
        bound: &mut Bound,
        config: &ServiceConfig<S>,
        http: Option<SocketAddr>,
    ) -> anyhow::Result<Self> {
        let provider = config.provider_grpc.as_ref().map(|listen| listen.address);
        Ok(Self {
            grpc: bound.get("grpc.address", config.grpc.address).await?,
            provider: bound.maybe("provider_grpc.address", provider).await?,
            admin: bound.maybe("admin", config.admin).await?,
            http: bound.maybe("settings.http", http).await?,
        })
    }
}

impl Bound {
    /// Binds an address and keeps the socket; the address with its port, if it was to be any.
    ///
    /// # Errors
    /// An address that is taken or not ours.
    pub async fn keep(&mut self, address: SocketAddr) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let settled = listener.local_addr()?;
        self.0.insert(settled, listener);
        Ok(settled)
    }

    /// The socket of an address, bound now if it was not before.
    ///
    /// # Errors
    /// An address that is taken or not ours.
    pub async fn get(&mut self, key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
        match self.0.remove(&address) {
            Some(listener) => Ok(listener),
            None => TcpListener::bind(address)
                .await
                .with_context(|| format!("{key}: cannot listen on {address}")),
        }
    }

    async fn maybe(
        &mut self,
        key: &str,
        address: Option<SocketAddr>,
    ) -> anyhow::Result<Option<TcpListener>> {
        match address {
            Some(address) => Ok(Some(self.get(key, address).await?)),
            None => Ok(None),
        }
    }
}
