//! The network that an unauthenticated request means, by host name.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use kernel::NetworkCode;

use crate::pages::error::WebError;
use crate::state::Gateway;

/// The network of the host name.
#[derive(Clone, Debug)]
pub struct OfHost(pub NetworkCode);

impl FromRequestParts<Gateway> for OfHost {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, WebError> {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let network = gateway.network_of(host).await?.ok_or(WebError::SetUp)?;
        Ok(Self(network.code))
    }
}
