//! What an offering costs, in the catalogue's terms.

use super::{OfOffering, Wrong, figures};
use crate::domain::catalogue::campaign::CampaignInput;
use crate::domain::catalogue::words::CampaignKind;

/// What it costs, in whole öre a month.
pub(super) struct Cost {
    pub monthly_ore: i64,
    pub start_ore: i64,
    pub period: u32,
    pub notice: u32,
    pub agreement: u32,
    pub campaigns: Vec<CampaignInput>,
    pub code_required: bool,
}

impl Cost {
    /// Reads it; what is wrong is added.
    pub fn read(said: &OfOffering, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let mut refuse = |field: &str, rule: &str| wrong.push(Wrong::new(field, rule));
        let mut price = |field: &str, text: &str| {
            let ore = figures::ore(text);
            if ore.is_none() {
                refuse(
                    field,
                    "kronor with at most two decimals after a comma: \"250,50\"",
                );
            }
            ore
        };
        let start = price("startPrice", &said.start_price);
        let now = price("price", &said.price);
        let base = said.base_price.as_deref();
        let base = base.map(|text| price("basePrice", text));
        let mut months = |field: &str, text: &str| {
            let months = figures::months(text);
            if months.is_none() {
                refuse(field, "whole months or years: \"P1M\", \"P1Y\"");
            }
            months
        };
        let period = months("pricePeriod", &said.price_period);
        let notice = months("periodOfNotice", &said.period_of_notice);
        let mut optional = |field: &str, text: &Option<String>| match text.as_deref() {
            None | Some("") => Some(0),
            Some(text) => months(field, text),
        };
        let agreement = optional("agreementLength", &said.agreement_length);
        let campaign = optional("campaignLength", &said.campaign_length);
        let (start_ore, now, period) = (start?, now?, period?);
        let (notice, agreement, campaign) = (notice?, agreement?, campaign?);
        if period == 0 {
            refuse("pricePeriod", "one month at least");
            return None;
        }
        let mut monthly = |field: &str, ore: i64| {
            let monthly = (ore % i64::from(period) == 0).then(|| ore / i64::from(period));
            if monthly.is_none() {
                refuse(
                    field,
                    "whole öre a month over the period that is paid at a time",
                );
            }
            monthly
        };
        let codes = said.campaign_codes.clone().unwrap_or_default();
        let (now, base) = (
            monthly("price", now)?,
            match base {
                Some(base) => Some(monthly("basePrice", base?)?),
                None => None,
            },
        );
        let (monthly_ore, campaigns) = match (campaign, base) {
            (0, _) if codes.is_empty() => (now, Vec::new()),
            (0, _) => {
                refuse("campaignCodes", "with campaignLength and basePrice");
                return None;
            }
            (_, None) => {
                refuse("basePrice", "required with campaignLength");
                return None;
            }
            (length, Some(base)) => (base, campaigns(now, length, &codes)),
        };
        Some(Self {
            monthly_ore,
            start_ore,
            period,
            notice,
            agreement,
            code_required: !codes.is_empty(),
            campaigns,
        })
    }
}

/// The price of the first months: one campaign for everybody, or one for each code.
fn campaigns(monthly_ore: i64, months: u32, codes: &[String]) -> Vec<CampaignInput> {
    let campaign = |code: &str| CampaignInput {
        kind: CampaignKind::FixedPrice.as_str().to_owned(),
        value: monthly_ore,
        months,
        code: code.to_owned(),
        ..CampaignInput::default()
    };
    if codes.is_empty() {
        vec![campaign("")]
    } else {
        codes.iter().map(|code| campaign(code)).collect()
    }
}
