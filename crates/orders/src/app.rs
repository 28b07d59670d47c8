//! The use cases of order brokerage, one file each, and what they share.

pub mod acknowledge_notice;
pub mod acknowledge_order;
pub mod add_message;
pub mod catalogue;
pub mod disclose;
pub mod error;
pub mod find_orders;
pub mod follow_order;
pub mod get_order;
pub mod journal;
pub mod list_notices;
pub mod list_offers;
pub mod list_order_log;
pub mod list_orders;
pub mod list_provider_orders;
pub mod mails;
pub mod move_by_staff;
pub mod order_answers;
pub mod order_forms;
mod own;
pub mod own_offerings;
mod paging;
pub mod place_order;
pub mod place_orders;
pub mod places;
pub mod provider_systems;
pub mod purge_answers;
pub mod put_offering;
pub mod put_provider;
pub mod read_feed;
pub mod remind;
pub mod report_orders;
mod sale;
pub mod search_log;
pub mod set_status;
pub mod showings;
pub mod store_notice;
pub mod technical;
pub mod webhooks;

use std::sync::Arc;

use chassis::feed::FeedBell;
use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId, SharedClock};
use mailer::{MailQueue, NetworkNames};
use messaging::Outbox;
use privacy::Privacy;
use service_kit::identity::Identity;
use service_kit::lifecycle::Lifecycle;

use crate::config::Settings;
use crate::domain::follow_link::FollowLinks;
use crate::domain::swedish_time;
use catalogue::Catalogues;
use places::Places;
use provider_systems::ProviderSystems;
use showings::Showings;
use webhooks::Webhooks;

/// The application: what every use case works with.
#[derive(Debug)]
pub struct Orders {
    pub(crate) outbox: Outbox,
    pub(crate) privacy: Privacy,
    /// None: no mail is configured, none is sent.
    pub(crate) mail: Option<MailQueue>,
    /// Where the gateway's pages are, without a slash at the end; empty without mail.
    pub(crate) public_url: String,
    pub(crate) names: NetworkNames,
    pub(crate) identity: Arc<Identity>,
    pub(crate) places: Places,
    pub(crate) follow_links: FollowLinks,
    pub(crate) webhooks: Webhooks,
    pub(crate) catalogues: Catalogues,
    pub(crate) systems: ProviderSystems,
    pub(crate) showings: Showings,
    pub(crate) clock: SharedClock,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) bell: FeedBell<Desk>,
    pub(crate) settings: Settings,
}

/// A provider's system that asks, within the network that its credential is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Desk {
    /// The network.
    pub network: NetworkCode,
    /// The provider.
    pub provider: ProviderId,
}

impl Orders {
    /// The day by the customer's clock.
    fn today(&self) -> NaiveDate {
        swedish_time::day(self.clock.now())
    }
}

impl Desk {
    /// As queries name it.
    pub(crate) const fn whose(&self) -> (&NetworkCode, &ProviderId) {
        (&self.network, &self.provider)
    }

    /// How logs and events name it.
    pub fn actor(&self) -> String {
        format!("provider:{}", self.provider)
    }
}
