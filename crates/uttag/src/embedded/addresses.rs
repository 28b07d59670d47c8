//! Where the services of one process listen.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use chassis::Bound;
use serde::{Deserialize, Serialize};

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

/// Settles every address before the first service is told of another. The sockets stay bound: a port that was let go could be
/// somebody else's by the time its service starts.
pub(super) async fn choose(options: &Options) -> anyhow::Result<(Addresses, Bound)> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut bound = Bound::default();
    let mut grpc = BTreeMap::new();
    for service in SERVICES {
        grpc.insert(service.to_owned(), bound.keep(loopback).await?);
    }
    let admin = match options.admin {
        Some(address) => Some(bound.keep(address).await?),
        None => None,
    };
    let addresses = Addresses {
        http: bound.keep(options.http).await?,
        provider: bound.keep(options.provider).await?,
        market: bound.keep(options.market).await?,
        admin,
        grpc,
    };
    Ok((addresses, bound))
}
