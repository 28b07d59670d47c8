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
    everything: bool,
    _list: Share<(Option<NetworkCode>, Option<ProviderId>)>,
}

impl Changes {
    /// What has changed in this second or later. Everything that there is without one, and where that cannot be told: the
    /// registry has forgotten what was then, or its database was put back since.
    ///
    /// # Errors
    /// There is no contract, the provider reads too many lists, or the registry fails.
    pub async fn open(
        gateway: &Gateway,
        caller: &Caller,
        since: Option<DateTime<Utc>>,
    ) -> Result<Self, Refusal> {
        let reader = (caller.network.clone(), caller.provider.clone());
        let list = gateway.lists.take(&reader).ok_or_else(Refusal::too_many)?;
        let mut market = gateway.services.market(caller);
        let mut open = async |since: Option<DateTime<Utc>>| {
            let request = StreamAccessesRequest {
                interface: MarketInterface::OnApi.into(),
                modified_since: since.map(just_before),
                ..StreamAccessesRequest::default()
            };
            let pages = MarketPages::open(&mut market, request).await;
            pages.map_err(Part::Registry.failed())
        };
        let changed = match since {
            Some(since) => open(Some(since)).await?,
            None => None,
        };
        let everything = changed.is_none();
        let pages = match changed {
            Some(pages) => pages,
            None => open(None).await?.ok_or_else(Refusal::unavailable)?,
        };
        Ok(Self {
            pages,
            everything,
            _list: list,
        })
    }

    /// Whether it is everything that there is, whatever time was named.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// The next page; none when that was all.
    pub async fn next(&mut self) -> Result<Option<StreamAccessesResponse>, Failure> {
        self.pages.next().await.map_err(Part::Registry.failed())
    }
}
