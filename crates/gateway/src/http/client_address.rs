//! Whose address a request comes from: the connection's, or what a trusted proxy says.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::state::Gateway;

/// The address of the client.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<(Gateway, super::rate_limit::Limited)> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &(Gateway, super::rate_limit::Limited),
    ) -> Result<Self, Infallible> {
        Self::from_request_parts(parts, &state.0).await
    }
}

impl FromRequestParts<Gateway> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Infallible> {
        Ok(Self(behind_proxies(
            peer(&parts.extensions),
            &parts.headers,
            &gateway.settings.trusted_proxies,
        )))
    }
}

/// Who is connected: the client, or the last proxy before us.
pub fn peer(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
        .to_canonical()
}

/// Walks `X-Forwarded-For` from the right for as long as trusted proxies speak.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer;
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok());
    let hops: Vec<_> = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        let Ok(next) = hop.parse::<IpAddr>() else {
            break;
        };
        address = next.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, IpAddr, behind_proxies};

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |s: &str| s.parse::<IpAddr>().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "198.51.100.9, 203.0.113.5".parse().unwrap(),
        );
        assert_eq!(
            behind_proxies(ip("192.0.2.1"), &headers, &[]),
            ip("192.0.2.1")
        );
        assert_eq!(
            behind_proxies(ip("10.0.0.1"), &headers, &[ip("10.0.0.1")]),
            ip("203.0.113.5")
        );
    }
}
