//! The registry's stream of accesses, as this provider may see them: one page at a time, as fast as it is taken.

use std::time::Duration;

use api::registry::{MarketInterface, StreamAccessesRequest, StreamAccessesResponse};
use chrono::{DateTime, Utc};
use service_kit::caller::Caller;
use service_kit::error::reason_of;
use tonic::{Status, Streaming};

use super::errors::Refusal;
use super::open_lists::OpenList;
use super::since::just_before;
use crate::limits;
use crate::services::{Failure, Part, call};
use crate::state::Gateway;

/// An open stream.
#[derive(Debug)]
pub struct Changes {
    pages: Streaming<StreamAccessesResponse>,
    _list: OpenList,
}

impl Changes {
    /// What has changed in this second or later; without one all that there is. Nothing: the registry does not know any
    /// more what has changed since then.
    ///
    /// # Errors
    /// There is no contract, the provider reads too many lists, or the registry fails.
    pub async fn open(
        gateway: &Gateway,
        caller: &Caller,
        since: Option<DateTime<Utc>>,
    ) -> Result<Option<Self>, Refusal> {
        let list = gateway.lists.open(caller).ok_or_else(Refusal::too_many)?;
        let request = StreamAccessesRequest {
            interface: MarketInterface::OnApi.into(),
            modified_since: since.map(just_before),
            ..StreamAccessesRequest::default()
        };
        let mut market = gateway.services.market(caller);
        match market.stream_accesses(call(request)).await {
            Ok(answer) => Ok(Some(Self {
                pages: answer.into_inner(),
                _list: list,
            })),
            Err(status) if reason_of(&status).as_deref() == Some("CURSOR_EXPIRED") => Ok(None),
            Err(status) => Err(Part::Registry.failed()(status).into()),
        }
    }

    /// The next page; none when that was all.
    pub async fn next(&mut self) -> Result<Option<StreamAccessesResponse>, Failure> {
        let patience = Duration::from_millis(limits::ON_API_BATCH_MS);
        let page = tokio::time::timeout(patience, self.pages.message()).await;
        page.unwrap_or_else(|_| Err(Status::deadline_exceeded("no page came")))
            .map_err(Part::Registry.failed())
    }
}
