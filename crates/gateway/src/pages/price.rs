//! A price in words: the same ones on every page that shows it, before an order and after it.

use api::orders::{Campaign, Offering, Price};

use crate::domain::price;
use crate::i18n::{Lang, fill};

/// A price in words; what does not apply is empty.
#[derive(Debug, Default)]
pub struct PriceWords {
    /// The first month, in kronor.
    pub first_month: String,
    pub campaign: String,
    pub start: String,
    pub total: String,
    pub commitment: String,
    pub period: String,
    pub notice: String,
}

impl PriceWords {
    pub fn of(price: &Price, lang: Lang) -> Self {
        let t = &lang.texts().public;
        let campaign = price.campaign.as_ref();
        let total = fill(t.price_total, price::show(price.total_ore, lang));
        Self {
            first_month: price::show(price.first_monthly_ore, lang),
            campaign: campaign.map_or_else(String::new, |of| campaign_words(of, price, lang)),
            start: if price.start_ore == 0 {
                String::new()
            } else {
                fill(t.price_start, price::show(price.start_ore, lang))
            },
            total: match price.total_months {
                1 => fill(t.total_month, total),
                months => fill(&fill(t.total_months, total), months),
            },
            commitment: match price.commitment_months {
                0 => t.no_commitment.to_owned(),
                1 => t.commitment_month.to_owned(),
                months => fill(t.commitment, months),
            },
            period: match price.price_period_months {
                0 | 1 => String::new(),
                months => fill(t.price_period, months),
            },
            notice: match price.notice_months {
                0 => String::new(),
                1 => t.notice_month.to_owned(),
                months => fill(t.notice, months),
            },
        }
    }
}

/// What several offers cost together, in words.
#[derive(Debug)]
pub struct Together {
    /// The first month, in kronor.
    pub first_month: String,
    /// Everything that is paid until each commitment is over, in a sentence.
    pub total: String,
}

impl Together {
    pub fn of(offers: &[Offering], lang: Lang) -> Self {
        let prices: Vec<Price> = offers.iter().map(of_offer).collect();
        let sum = |of: fn(&Price) -> i64| prices.iter().map(of).fold(0, i64::saturating_add);
        let total = price::show(sum(|price| price.total_ore), lang);
        Self {
            first_month: price::show(sum(|price| price.first_monthly_ore), lang),
            total: fill(lang.texts().public.total_several, total),
        }
    }
}

/// The price of an offer. An orders service that is older than this gateway says none: then there is no campaign.
pub fn of_offer(offering: &Offering) -> Price {
    offering.price.clone().unwrap_or_else(|| {
        let (monthly, start) = (offering.monthly_price_ore, offering.start_price_ore);
        let months = offering.commitment_months;
        Price {
            start_ore: start,
            monthly_ore: monthly,
            first_monthly_ore: monthly,
            commitment_months: months,
            total_months: months.max(1),
            total_ore: price::lowest_total(monthly, start, months),
            ..Price::default()
        }
    })
}

/// "20 % rabatt i 3 månader, därefter 299 kr/månad".
fn campaign_words(campaign: &Campaign, price: &Price, lang: Lang) -> String {
    let t = &lang.texts().public;
    let kronor = price::show(campaign.value, lang);
    let what = match campaign.kind.as_str() {
        "percentage" => fill(t.campaign_percentage, campaign.value),
        "amount" => fill(t.campaign_amount, kronor),
        "surcharge" => fill(t.campaign_surcharge, kronor),
        _ => fill(t.campaign_price, price::show(price.first_monthly_ore, lang)),
    };
    let lasts = match campaign.months {
        1 => fill(t.campaign_month, what),
        months => fill(&fill(t.campaign_months, what), months),
    };
    fill(&lasts, price::show(price.monthly_ore, lang))
}
