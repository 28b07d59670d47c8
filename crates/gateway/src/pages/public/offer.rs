//! An offer as visitors see it.

use api::orders::Offering;

use crate::domain::price;
use crate::i18n::{Lang, fill};

/// An offer with its prices in words.
pub struct Offer {
    pub id: String,
    pub name: String,
    pub provider: String,
    pub privacy_url: String,
    pub service: String,
    pub description: String,
    pub monthly: String,
    pub start: String,
    pub total: String,
    pub commitment: String,
    pub order: String,
}

impl Offer {
    pub fn of(offering: Offering, lang: Lang) -> Self {
        let t = &lang.texts().public;
        let (monthly, start) = (offering.monthly_price_ore, offering.start_price_ore);
        let total = price::lowest_total(monthly, start, offering.commitment_months);
        let https = offering.privacy_url.starts_with("https://");
        Self {
            order: fill(t.place_order, &offering.name),
            provider: fill(t.by_provider, &offering.provider_name),
            // A link that a provider entered: only to the web.
            privacy_url: if https {
                offering.privacy_url
            } else {
                String::new()
            },
            monthly: price::show(monthly, lang),
            start: if start == 0 {
                String::new()
            } else {
                fill(t.price_start, price::show(start, lang))
            },
            total: fill(t.price_total, price::show(total, lang)),
            commitment: match offering.commitment_months {
                0 => t.no_commitment.to_owned(),
                months => fill(t.commitment, months),
            },
            id: offering.offering_id,
            name: offering.name,
            service: offering.service,
            description: offering.description,
        }
    }
}
