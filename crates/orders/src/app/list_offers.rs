//! What can be ordered at a place, and the text that is accepted with it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use kernel::{Address, NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind};

use super::Orders;
use super::error::OrdersError;
use super::places::Place;
use crate::domain::acceptance::{self, AcceptanceText, Language};
use crate::domain::catalogue::campaign;
use crate::domain::catalogue::choice::{self, OfferFilter, OfferSort};
use crate::domain::catalogue::neutral;
use crate::domain::catalogue::price::Price;
use crate::domain::catalogue::{Offering, Provider};
use crate::store::order_form;
use crate::store::order_form::StoredForm;

/// Offers that a page shows: a customer compares tens, not thousands. With more providers than that, one of each.
pub const OFFERS_MAX: usize = 200;

/// What a caller wants to see.
#[derive(Clone, Debug, Default)]
pub struct OffersAsked {
    /// Of the place.
    pub handle: String,
    /// Only these.
    pub filter: OfferFilter,
    /// In which order.
    pub sort: OfferSort,
    /// How many of them, in this order, have been shown already; none with the neutral order.
    pub skip: usize,
    /// For a campaign.
    pub campaign_code: String,
    /// Drafts too, and what is sold on this day; for staff.
    pub preview: Option<NaiveDate>,
}

/// An offer: what, by whom, at which price.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is sold.
    pub offering: Arc<Offering>,
    /// Who sells it.
    pub provider: Arc<Provider>,
    /// On the day, with the code that was given.
    pub price: Price,
    /// Whether it is of a campaign that only who gives the code gets.
    pub by_code: bool,
}

/// What can be had at a place.
#[derive(Clone, Debug)]
pub struct Offers {
    /// In the order that was asked for; with more than [`OFFERS_MAX`], a page of them.
    pub offers: Vec<Offer>,
    /// How many the next page skips; none: this was the last.
    pub next_skip: Option<usize>,
    /// Who sells what fits, in the order of this page, and then by id.
    pub sellers: Vec<Seller>,
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

/// A provider of a page of offers.
#[derive(Clone, Debug)]
pub struct Seller {
    /// Who.
    pub provider: Arc<Provider>,
    /// How many of its offers fit, on this page or not.
    pub offers: usize,
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
        if asked.sort == OfferSort::Neutral && asked.skip > 0 {
            let rule = "empty with the neutral order: ask for what one provider sells";
            return Err(OrdersError::invalid("page_token", rule));
        }
        let place = self.places.resolve(network, &asked.handle).await?;
        let mut offers = self.offers_at(network, &place, asked).await?;
        let mut sellers = sellers_of(&offers);
        let mut next_skip = None;
        if asked.sort == OfferSort::Neutral {
            let counted = caller.kind == CallerKind::Public;
            self.put_in_turn(network, &mut offers, &mut sellers, counted)
                .await?;
            keep_shares(&mut offers, &sellers);
        } else {
            let end = asked.skip.saturating_add(OFFERS_MAX);
            next_skip = (offers.len() > end).then_some(end);
            offers.truncate(end);
            offers.drain(..asked.skip.min(offers.len()));
        }
        let reader = self.outbox.database().reader();
        let mut shown: Vec<&str> = offers.iter().map(|o| o.provider.id.as_str()).collect();
        shown.sort_unstable();
        shown.dedup();
        let forms = order_form::current_of(&reader, network, &shown).await?;
        let controller = self.names.of(&reader, network).await?;
        Ok(Offers {
            offers,
            next_skip,
            sellers,
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
        let catalogue = self.catalogue(network).await?;
        let day = asked.preview.unwrap_or_else(|| self.today());
        let offer = |(offering, provider): (&Arc<Offering>, &Arc<Provider>)| {
            let sold = match asked.preview {
                Some(day) => offering.valid.holds_on(day),
                None => offering.is_sold_on(day),
            };
            let fits = offering.is_for_group(place.price_group)
                && place.deliverable.carries(offering).is_ok();
            if !sold || !fits {
                return None;
            }
            let campaign = campaign::current(&offering.campaigns, day, &asked.campaign_code);
            let price = Price::of(offering, campaign);
            let by_code = campaign.is_some_and(|campaign| !campaign.code.is_empty());
            // What nobody may order without its code is not shown without it.
            let secret = offering.code_required && !by_code && asked.preview.is_none();
            let wanted = !secret && asked.filter.lets(offering, &price);
            wanted.then(|| Offer {
                offering: Arc::clone(offering),
                provider: Arc::clone(provider),
                price,
                by_code,
            })
        };
        let mut offers: Vec<Offer> = catalogue.over(services).filter_map(offer).collect();
        choice::sort(&mut offers, asked.sort, |o| (&o.offering, &o.price));
        Ok(offers)
    }

    /// Providers in neutral order, what each of them sells together. What a visitor gets to see is counted.
    async fn put_in_turn(
        &self,
        network: &NetworkCode,
        offers: &mut [Offer],
        sellers: &mut [Seller],
        counted: bool,
    ) -> Result<(), OrdersError> {
        let day = self.today();
        let providers = sellers.iter().map(|s| s.provider.id.clone()).collect();
        let order = self.showings.order(network, day, providers);
        let places: HashMap<&ProviderId, usize> = order.iter().zip(0..).collect();
        offers.sort_by_key(|offer| places.get(&offer.provider.id));
        sellers.sort_by_key(|seller| places.get(&seller.provider.id));
        if counted {
            self.count_showing(network, day, &order).await?;
        }
        Ok(())
    }
}

/// Who sells these, by id, and how many of them.
fn sellers_of(offers: &[Offer]) -> Vec<Seller> {
    let mut sellers: BTreeMap<&str, Seller> = BTreeMap::new();
    for Offer { provider, .. } in offers {
        let seller = sellers.entry(provider.id.as_str());
        let seller = seller.or_insert_with(|| Seller {
            provider: Arc::clone(provider),
            offers: 0,
        });
        seller.offers += 1;
    }
    sellers.into_values().collect()
}

/// Leaves of each provider, the offers of each standing together, its share of a page.
fn keep_shares(offers: &mut Vec<Offer>, sellers: &[Seller]) {
    let found: Vec<usize> = sellers.iter().map(|seller| seller.offers).collect();
    let share = neutral::share(&found, OFFERS_MAX);
    let mut kept = (String::new(), 0);
    offers.retain(|offer| {
        let id = offer.provider.id.as_str();
        if kept.0 != id {
            kept = (id.to_owned(), 0);
        }
        kept.1 += 1;
        kept.1 <= share
    });
}
