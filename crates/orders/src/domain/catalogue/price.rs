//! What an offering costs, honestly: everything that a customer pays until the commitment is over, campaign and what comes
//! after it together (prisinformationslagen 2004:347, 7 and 8 §§: a price is given whole and comparable).

use aws_lc_rs::digest::{SHA256, digest};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Offering;
use super::campaign::{self, Campaign};
use super::words::CampaignKind;

/// The price of an order: what is shown before it, and what the order keeps. Öre, VAT included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Once, at the start.
    pub start_ore: i64,
    /// A month, without a campaign and after one.
    pub monthly_ore: i64,
    /// The first month. The same where there is no campaign.
    pub first_monthly_ore: i64,
    /// The campaign behind it.
    pub campaign: Option<PricedCampaign>,
    /// Months that the customer is bound; 0 is none.
    pub commitment_months: u32,
    /// Months that are paid at a time.
    pub period_months: u32,
    /// Months of notice; 0 is none.
    pub notice_months: u32,
    /// Months that `total_ore` is for.
    pub total_months: u32,
    /// Start and months together: the commitment, at least one month, whole periods.
    pub total_ore: i64,
}

/// What an order keeps of its campaign. Its code is not here: one may have been given to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedCampaign {
    /// See [`Campaign::kind`].
    pub kind: CampaignKind,
    /// See [`Campaign::value`].
    pub value: i64,
    /// See [`Campaign::months`].
    pub months: u32,
}

impl Offering {
    /// What it costs whoever orders on this day with this code.
    pub fn price_on(&self, day: NaiveDate, code: &str) -> Price {
        Price::of(self, campaign::current(&self.campaigns, day, code))
    }
}

impl Price {
    /// What an offering costs under a campaign.
    pub fn of(offering: &Offering, campaign: Option<&Campaign>) -> Self {
        let campaign = campaign.filter(|campaign| campaign.months > 0);
        let monthly = offering.monthly_price_ore;
        let first = campaign.map_or(monthly, |campaign| under(campaign, monthly));
        let months = whole_periods(offering.commitment_months, offering.price_period_months);
        let cheaper = campaign.map_or(0, |campaign| campaign.months.min(months));
        Self {
            start_ore: offering.start_price_ore,
            monthly_ore: monthly,
            first_monthly_ore: first,
            campaign: campaign.map(|campaign| PricedCampaign {
                kind: campaign.kind,
                value: campaign.value,
                months: campaign.months,
            }),
            commitment_months: offering.commitment_months,
            period_months: offering.price_period_months,
            notice_months: offering.notice_months,
            total_months: months,
            total_ore: offering.start_price_ore
                + first * i64::from(cheaper)
                + monthly * i64::from(months - cheaper),
        }
    }

    /// The dearest month: what a customer who sets a limit must be able to pay.
    pub fn dearest_month_ore(&self) -> i64 {
        self.monthly_ore.max(self.first_monthly_ore)
    }

    /// Short and the same for the same price: who orders says by it which price was shown.
    pub fn mark(&self) -> String {
        let figures = serde_json::to_vec(self).expect("figures are plain data");
        hex::encode(&digest(&SHA256, &figures).as_ref()[..MARK_BYTES])
    }
}

/// Bytes of a mark: it distinguishes the prices of an offering over time, and keeps nobody from lying to themselves.
const MARK_BYTES: usize = 8;

/// A month under a campaign. A percentage leaves part of an öre: it is rounded up, so that nobody pays more than is shown.
fn under(campaign: &Campaign, monthly: i64) -> i64 {
    match campaign.kind {
        CampaignKind::Percentage => (monthly * (100 - campaign.value) + 99) / 100,
        CampaignKind::Amount => (monthly - campaign.value).max(0),
        CampaignKind::FixedPrice => campaign.value,
        CampaignKind::Surcharge => monthly + campaign.value,
    }
}

/// The months that are paid in any case: those of the commitment, at least one, and the period that has begun.
fn whole_periods(commitment: u32, period: u32) -> u32 {
    let period = period.max(1);
    commitment.max(1).div_ceil(period) * period
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
