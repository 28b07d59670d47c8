//! Where the services of one process listen.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::Options;
use crate::folder::SERVICES;

/// Where a running installation listens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addresses {
    /// For browsers and partners.
    pub http: SocketAddr,
    /// For providers' systems: orders.
    pub provider: SocketAddr,
    /// For providers' systems: the accesses of their contracts.
    pub market: SocketAddr,
    /// For operators.
    pub admin: Option<SocketAddr>,
    /// The services by name, on loopback.
    pub grpc: BTreeMap<String, SocketAddr>,
}

/// Settles every address before the first service is told of another.
pub(super) async fn choose(options: &Options) -> anyhow::Result<Addresses> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut held = Vec::new();
    let mut grpc = BTreeMap::new();
    for service in SERVICES {
        grpc.insert(service.to_owned(), settle(loopback, &mut held).await?);
    }
    let admin = match options.admin {
        Some(address) => Some(settle(address, &mut held).await?),
        None => None,
    };
    Ok(Addresses {
        http: settle(options.http, &mut held).await?,
        provider: settle(options.provider, &mut held).await?,
        market: settle(options.market, &mut held).await?,
        admin,
        grpc,
    })
}

/// Binds to learn the port; the sockets are held until all are known, so that no port is given twice.
async fn settle(address: SocketAddr, held: &mut Vec<TcpListener>) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let settled = listener.local_addr()?;
    held.push(listener);
    Ok(settled)
}
