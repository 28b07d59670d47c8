//! What can be ordered at a place, and the text that is accepted with it.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::{Address, NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind};

use super::Orders;
use super::error::OrdersError;
use super::places::Place;
use super::put_provider::PROVIDERS_MAX;
use crate::domain::acceptance::{self, AcceptanceText, Language};
use crate::domain::catalogue::choice::{self, OfferFilter, OfferSort};
use crate::domain::catalogue::price::Price;
use crate::domain::catalogue::{Offering, Provider};
use crate::store::order_form::StoredForm;
use crate::store::{offering, order_form, provider};

/// Offers that a page shows: a customer compares tens, not thousands.
pub const OFFERS_MAX: usize = 200;

/// Offerings that are looked at for a page: all that can be had over the services of one place.
const LOOKED_AT_MAX: u64 = 2_000;

/// What a caller wants to see.
#[derive(Clone, Debug, Default)]
pub struct OffersAsked {
    /// Of the place.
    pub handle: String,
    /// Only these.
    pub filter: OfferFilter,
    /// In which order.
    pub sort: OfferSort,
    /// For a campaign.
    pub campaign_code: String,
    /// Drafts too, and what is sold on this day; for staff.
    pub preview: Option<NaiveDate>,
}

/// An offer: what, by whom, at which price.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is sold.
    pub offering: Offering,
    /// Who sells it.
    pub provider: Provider,
    /// On the day, with the code that was given.
    pub price: Price,
}

/// What can be had at a place.
#[derive(Clone, Debug)]
pub struct Offers {
    /// In the order that was asked for.
    pub offers: Vec<Offer>,
    /// Where the place is.
    pub address: Address,
    /// What tells flats of the address apart where there is no number, or empty.
    pub distinguisher: String,
    /// What is ordered there can be activated directly.
    pub direct_activation: bool,
    /// In every language.
    pub texts: Vec<AcceptanceText>,
    /// What the network and the sellers ask in orders.
    pub forms: Vec<StoredForm>,
}

impl Orders {
    /// Resolves the place and lists what is sold over its technical services; nothing when it is not connected.
    ///
    /// # Errors
    /// The place is not known, somebody who is not staff wants to see drafts, or the registry or the database fails.
    pub async fn list_offers(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        asked: &OffersAsked,
    ) -> Result<Offers, OrdersError> {
        if asked.preview.is_some() && caller.kind != CallerKind::Staff {
            return Err(OrdersError::PreviewForStaff);
        }
        let place = self.places.resolve(network, &asked.handle).await?;
        let mut offers = self.offers_at(network, &place, asked).await?;
        if asked.sort == OfferSort::Neutral {
            let counted = caller.kind == CallerKind::Public;
            self.put_in_turn(network, &mut offers, counted).await?;
        }
        offers.truncate(OFFERS_MAX);
        let reader = self.outbox.database().reader();
        let mut sellers: Vec<&str> = offers.iter().map(|o| o.provider.id.as_str()).collect();
        sellers.sort_unstable();
        sellers.dedup();
        let forms = order_form::current_of(&reader, network, &sellers).await?;
        let controller = self.names.of(&reader, network).await?;
        Ok(Offers {
            offers,
            direct_activation: place.connected && place.deliverable.direct_activation,
            address: place.address,
            distinguisher: place.distinguisher,
            texts: Language::ALL
                .map(|language| acceptance::current(language, &controller))
                .to_vec(),
            forms,
        })
    }

    /// What is sold there, filtered and sorted by figures.
    async fn offers_at(
        &self,
        network: &NetworkCode,
        place: &Place,
        asked: &OffersAsked,
    ) -> Result<Vec<Offer>, OrdersError> {
        let services = &place.deliverable.services;
        if !place.connected || services.is_empty() {
            return Ok(Vec::new());
        }
        let reader = self.outbox.database().reader();
        let day = asked.preview.unwrap_or_else(|| self.today());
        let on = (day, asked.preview.is_some());
        let found = offering::sold_over(&reader, network, services, on, LOOKED_AT_MAX).await?;
        let providers = provider::list(&reader, network, PROVIDERS_MAX).await?;
        let providers: HashMap<ProviderId, Provider> =
            providers.into_iter().map(|p| (p.id.clone(), p)).collect();
        let offer = |offering: Offering| {
            let price = offering.price_on(day, &asked.campaign_code);
            let shown = offering.is_for_group(place.price_group)
                && place.deliverable.carries(&offering).is_ok()
                && asked.filter.lets(&offering, &price);
            let provider = providers.get(&offering.provider).filter(|_| shown)?.clone();
            Some(Offer {
                offering,
                provider,
                price,
            })
        };
        let mut offers: Vec<Offer> = found.into_iter().filter_map(offer).collect();
        choice::sort(&mut offers, asked.sort, |o| (&o.offering, &o.price));
        Ok(offers)
    }

    /// Providers in neutral order, what each of them sells together. What a visitor gets to see is counted.
    async fn put_in_turn(
        &self,
        network: &NetworkCode,
        offers: &mut [Offer],
        counted: bool,
    ) -> Result<(), OrdersError> {
        let day = self.today();
        let providers = offers.iter().map(|o| o.provider.id.clone()).collect();
        let order = self.showings.order(network, day, providers);
        let place = |offer: &Offer| order.iter().position(|id| *id == offer.provider.id);
        offers.sort_by_key(place);
        if counted {
            self.count_showing(network, day, &order).await?;
        }
        Ok(())
    }
}
