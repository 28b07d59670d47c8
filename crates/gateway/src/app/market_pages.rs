//! The registry's stream of accesses for a provider, one page at a time, as fast as it is taken.

use std::time::Duration;

use api::registry::market_service_client::MarketServiceClient;
use api::registry::{StreamAccessesRequest, StreamAccessesResponse};
use service_kit::error::reason_of;
use service_kit::grpc::ClientChannel;
use tonic::{Status, Streaming};

use crate::limits;
use crate::services::call;

/// An open stream.
#[derive(Debug)]
pub struct MarketPages(Streaming<StreamAccessesResponse>);

impl MarketPages {
    /// Opens it. Nothing: the registry does not know any more what has changed since then.
    ///
    /// # Errors
    /// There is no contract, or the registry fails.
    pub async fn open(
        registry: &mut MarketServiceClient<ClientChannel>,
        request: StreamAccessesRequest,
    ) -> Result<Option<Self>, Status> {
        match registry.stream_accesses(call(request)).await {
            Ok(answer) => Ok(Some(Self(answer.into_inner()))),
            Err(status) if reason_of(&status).as_deref() == Some("CURSOR_EXPIRED") => Ok(None),
            Err(status) => Err(status),
        }
    }

    /// The next page; none when that was all.
    ///
    /// # Errors
    /// The registry fails, or says nothing for too long.
    pub async fn next(&mut self) -> Result<Option<StreamAccessesResponse>, Status> {
        let patience = Duration::from_millis(limits::MARKET_PAGE_MS);
        let page = tokio::time::timeout(patience, self.0.message()).await;
        page.unwrap_or_else(|_| Err(Status::deadline_exceeded("no page came")))
    }
}
