//! What a customer wants to see of the offers, and in which order.

use kernel::{ProviderId, Violation};

use super::Offering;
use super::price::Price;
use super::reading::Reading;
use super::words::{Category, ConsumerType};
use crate::domain::OfferingId;

/// Offerings that a filter names at most.
const NAMED_MAX: usize = 50;

/// Only these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferFilter {
    /// Of one of these; empty is of any.
    pub categories: Vec<Category>,
    /// Mbit/s to the customer; what says nothing of its speed has none.
    pub min_down_mbps: u32,
    /// Öre: no month may cost more, under a campaign or after it.
    pub max_month_ore: Option<i64>,
    /// Months.
    pub max_commitment_months: Option<u32>,
    /// Who asks; what says nothing of it is for everybody.
    pub consumer_type: Option<ConsumerType>,
    /// Who sells.
    pub provider: Option<ProviderId>,
    /// Which ones; empty is all.
    pub offerings: Vec<OfferingId>,
}

/// What a caller says of it, unchecked.
#[derive(Clone, Debug, Default)]
pub struct FilterInput {
    /// Words of [`Category`].
    pub categories: Vec<String>,
    /// See [`OfferFilter::min_down_mbps`].
    pub min_down_mbps: u32,
    /// See [`OfferFilter::max_month_ore`].
    pub max_month_ore: Option<i64>,
    /// See [`OfferFilter::max_commitment_months`].
    pub max_commitment_months: Option<u32>,
    /// A word of [`ConsumerType`], or empty.
    pub consumer_type: String,
    /// A provider's id, or empty.
    pub provider: String,
    /// See [`OfferFilter::offerings`].
    pub offerings: Vec<String>,
}

/// In which order offers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OfferSort {
    /// What the first month costs, then what a month costs after it.
    #[default]
    Price,
    /// What is paid until the commitment is over.
    Total,
    /// The fastest first.
    Speed,
    /// Providers in turn; of each the cheapest first.
    Neutral,
}

impl OfferFilter {
    /// Checks everything.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(input: &FilterInput) -> Result<Self, Vec<Violation>> {
        let mut read = Reading::default();
        let categories = &input.categories;
        let categories = read.words(
            "filter.categories",
            categories,
            Category::parse,
            Category::RULE,
        );
        let consumer_type = match input.consumer_type.as_str() {
            "" => None,
            word => {
                let known = ConsumerType::parse(word).ok_or(());
                read.parsed("filter.consumer_type", word, known, |()| ConsumerType::RULE)
            }
        };
        let provider = match input.provider.as_str() {
            "" => None,
            id => {
                let known = ProviderId::parse(id);
                read.parsed("filter.provider_id", id, known, |wrong| wrong.rule)
            }
        };
        if input.offerings.len() > NAMED_MAX {
            let count = input.offerings.len().to_string();
            read.refuse("filter.offering_ids", &count, "at most 50");
        }
        let offering = |id: &String| {
            let known = OfferingId::parse(id);
            read.parsed("filter.offering_ids", id, known, |wrong| wrong.rule)
        };
        let offerings = input.offerings.iter().filter_map(offering).collect();
        if let Some(ore) = input.max_month_ore {
            read.ore("filter.max_month_ore", ore);
        }
        if read.wrong.is_empty() {
            Ok(Self {
                categories,
                min_down_mbps: input.min_down_mbps,
                max_month_ore: input.max_month_ore,
                max_commitment_months: input.max_commitment_months,
                consumer_type,
                provider,
                offerings,
            })
        } else {
            Err(read.wrong)
        }
    }

    /// Whether it lets an offering through.
    pub fn lets(&self, offering: &Offering, price: &Price) -> bool {
        let wanted = |category: &Category| self.categories.contains(category);
        let for_whom = |wanted: ConsumerType| {
            offering.consumer_types.is_empty() || offering.consumer_types.contains(&wanted)
        };
        let max_commitment = self.max_commitment_months;
        let sells = |wanted: &ProviderId| offering.provider == *wanted;
        (self.categories.is_empty() || offering.categories.iter().any(wanted))
            && offering.down_mbps >= self.min_down_mbps
            && self
                .max_month_ore
                .is_none_or(|max| price.dearest_month_ore() <= max)
            && max_commitment.is_none_or(|max| offering.commitment_months <= max)
            && self.consumer_type.is_none_or(for_whom)
            && self.provider.as_ref().is_none_or(sells)
            && (self.offerings.is_empty() || self.offerings.contains(&offering.id))
    }
}

/// Sorts by figures; what is equal stays as it was. The neutral order is cheapest first until providers are put in turn.
pub fn sort<T>(offers: &mut [T], sort: OfferSort, of: impl Fn(&T) -> (&Offering, &Price)) {
    let month = |price: &Price| (price.first_monthly_ore, price.monthly_ore);
    offers.sort_by_key(|offer| {
        let (offering, price) = of(offer);
        let first = match sort {
            OfferSort::Price | OfferSort::Neutral => 0,
            OfferSort::Total => price.total_ore,
            OfferSort::Speed => -i64::from(offering.down_mbps),
        };
        (first, month(price), offering.id.as_uuid())
    });
}
