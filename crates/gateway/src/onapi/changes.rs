//! The registry's stream of accesses, as this provider may see them: one page at a time, as fast as it is taken.

use api::registry::{MarketInterface, StreamAccessesRequest, StreamAccessesResponse};
use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use service_kit::caller::Caller;
use service_kit::shares::Share;

use super::errors::Refusal;
use super::since::just_before;
use crate::app::market_pages::MarketPages;
use crate::services::{Failure, Part};
use crate::state::Gateway;

/// An open stream.
#[derive(Debug)]
pub struct Changes {
    pages: MarketPages,
    _list: Share<(Option<NetworkCode>, Option<ProviderId>)>,
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
        let reader = (caller.network.clone(), caller.provider.clone());
        let list = gateway.lists.take(&reader).ok_or_else(Refusal::too_many)?;
        let request = StreamAccessesRequest {
            interface: MarketInterface::OnApi.into(),
            modified_since: since.map(just_before),
            ..StreamAccessesRequest::default()
        };
        let mut market = gateway.services.market(caller);
        let pages = MarketPages::open(&mut market, request).await;
        let pages = pages.map_err(Part::Registry.failed())?;
        Ok(pages.map(|pages| Self { pages, _list: list }))
    }

    /// The next page; none when that was all.
    pub async fn next(&mut self) -> Result<Option<StreamAccessesResponse>, Failure> {
        self.pages.next().await.map_err(Part::Registry.failed())
    }
}
