//! Names become addresses here, and only those that may be called reach the connection.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// A name leads to no address that may be called.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name leads to where nothing may be called")]
pub(super) struct AddressRefused;

/// Which addresses may be called.
#[derive(Debug)]
pub(super) struct Gate {
    allow: Vec<IpNet>,
}

impl Gate {
    pub(super) fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    pub(super) fn admits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_public(ip) || self.allow.iter().any(|network| network.contains(&ip))
    }
}

/// The computer's resolver behind the [`Gate`]. The connection is made to the very addresses that passed.
#[derive(Debug)]
pub(super) struct GatedResolver(Arc<Gate>);

impl GatedResolver {
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        Self(gate)
    }
}

impl Resolve for GatedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Vec<SocketAddr> =
                found.filter(|address| gate.admits(address.ip())).collect();
            if admitted.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_only_that() {
        let gate = Gate::new(vec![
            "127.0.0.0/8".parse().unwrap(),
            "fd00:1::/64".parse().unwrap(),
        ]);
        for (address, admitted) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("fd00:1::5", true),
            ("1.1.1.1", true),
            ("10.0.0.1", false),
            ("::1", false),
            ("fd00:2::5", false),
        ] {
            assert_eq!(gate.admits(address.parse().unwrap()), admitted, "{address}");
        }
    }
}
