//! What can be ordered at a place, and the text that is accepted with it.

use std::collections::HashMap;

use kernel::{Address, NetworkCode, ProviderId};

use super::Orders;
use super::error::OrdersError;
use super::put_provider::PROVIDERS_MAX;
use crate::domain::acceptance::{self, AcceptanceText, Language};
use crate::domain::catalogue::{Offering, Provider};
use crate::store::order_form::StoredForm;
use crate::store::{offering, order_form, provider};

/// Offers that a page shows: a customer compares tens, not thousands.
pub const OFFERS_MAX: u64 = 200;

/// What can be had at a place.
#[derive(Clone, Debug)]
pub struct Offers {
    /// With who sells it, the cheapest first.
    pub offerings: Vec<(Offering, Provider)>,
    /// Where the place is.
    pub address: Address,
    /// In every language.
    pub texts: Vec<AcceptanceText>,
    /// What the network and the sellers ask in orders.
    pub forms: Vec<StoredForm>,
}

impl Orders {
    /// Resolves the place and lists what is sold over its technical services; nothing when it is not connected.
    pub async fn list_offers(
        &self,
        network: &NetworkCode,
        handle: &str,
    ) -> Result<Offers, OrdersError> {
        let place = self.places.resolve(network, handle).await?;
        let reader = self.outbox.database().reader();
        let found = if place.connected && !place.services.is_empty() {
            offering::list_for_services(&reader, network, &place.services, OFFERS_MAX).await?
        } else {
            Vec::new()
        };
        let providers = provider::list(&reader, network, PROVIDERS_MAX).await?;
        let providers: HashMap<ProviderId, Provider> =
            providers.into_iter().map(|p| (p.id.clone(), p)).collect();
        let with_seller = |offering: Offering| {
            let seller = providers.get(&offering.provider)?.clone();
            Some((offering, seller))
        };
        let offerings: Vec<_> = found.into_iter().filter_map(with_seller).collect();
        let mut sellers: Vec<&str> = offerings.iter().map(|(_, s)| s.id.as_str()).collect();
        sellers.sort_unstable();
        sellers.dedup();
        let forms = order_form::current_of(&reader, network, &sellers).await?;
        let controller = self.names.of(&reader, network).await?;
        Ok(Offers {
            offerings,
            address: place.address,
            texts: Language::ALL
                .map(|language| acceptance::current(language, &controller))
                .to_vec(),
            forms,
        })
    }
}
