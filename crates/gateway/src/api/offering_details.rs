//! What an offering holds beside its name and its plain price, as programs read and write it; and how they choose among offers.

use api::orders as pb;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All of it may be left out.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OfferingDetails {
    product_name: String,
    /// "internet", "tv", "telephony", "smarthome", "security".
    categories: Vec<String>,
    /// Mbit/s; 0 is not said.
    down_mbps: u32,
    up_mbps: u32,
    /// "residential", "business", "student", "senior", "propertyOwner"; none is everybody.
    consumer_types: Vec<String>,
    /// Sold only at accesses of these groups; none is everywhere. Not told to the public.
    price_groups: Vec<u32>,
    /// Months that are paid at a time.
    price_period_months: u32,
    notice_months: u32,
    delivery: String,
    /// What the provider's system calls it: both or none. Not told to the public.
    external_product_id: String,
    external_offering_id: String,
    documents: Vec<Document>,
    /// Days by Swedish clocks, both included; empty is open.
    valid_from: String,
    valid_until: String,
    /// Shown to staff only.
    draft: bool,
    /// Sold only with the code of a campaign that is valid.
    code_required: bool,
    /// Not told to the public, which sees the one that counts in the price.
    campaigns: Vec<Campaign>,
}

/// Something to read, at the provider.
#[derive(Serialize, Deserialize, ToSchema)]
struct Document {
    /// "termsAndConditions", "privacyPolicy", "logo".
    kind: String,
    /// https.
    url: String,
}

/// Another price for the first months.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Campaign {
    /// "percentage", "amount", "fixedPrice", "surcharge".
    kind: String,
    /// Per cent, or öre a month, VAT included.
    value: i64,
    months: u32,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_until: String,
    /// Only who gives it gets the campaign.
    #[serde(default)]
    code: String,
}

/// A price in öre, VAT included.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferPrice {
    start_ore: i64,
    /// A month, without a campaign and after one.
    monthly_ore: i64,
    first_monthly_ore: i64,
    /// How long the first price lasts; 0: there is no campaign.
    campaign_months: u32,
    commitment_months: u32,
    notice_months: u32,
    /// Months that the total is for: the commitment, at least one, whole periods.
    total_months: u32,
    total_ore: i64,
    /// Names this price; an order may repeat it, and is refused when another is current.
    mark: String,
}

/// Which offers are wanted, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", default)]
pub struct OfferQuery {
    category: String,
    min_down_mbps: u32,
    max_month_ore: Option<i64>,
    max_commitment_months: Option<u32>,
    consumer_type: String,
    /// Only what this one sells.
    provider_id: String,
    /// "price" (also when nothing is said), "total", "speed" or "neutral".
    sort: String,
    pub(super) campaign_code: String,
    /// `nextPageToken` of the page before; not with the neutral order.
    pub(super) page_token: String,
}

impl OfferQuery {
    pub(super) fn sort(&self) -> pb::OfferSort {
        match self.sort.as_str() {
            "total" => pb::OfferSort::Total,
            "speed" => pb::OfferSort::Speed,
            "neutral" => pb::OfferSort::Neutral,
            _ => pb::OfferSort::Price,
        }
    }
}

impl From<OfferQuery> for pb::OfferFilter {
    fn from(query: OfferQuery) -> Self {
        let category = (!query.category.is_empty()).then_some(query.category);
        Self {
            categories: category.into_iter().collect(),
            min_down_mbps: query.min_down_mbps,
            max_month_ore: query.max_month_ore,
            max_commitment_months: query.max_commitment_months,
            consumer_type: query.consumer_type,
            provider_id: query.provider_id,
            offering_ids: Vec::new(),
        }
    }
}

impl From<pb::Price> for OfferPrice {
    fn from(price: pb::Price) -> Self {
        Self {
            start_ore: price.start_ore,
            monthly_ore: price.monthly_ore,
            first_monthly_ore: price.first_monthly_ore,
            campaign_months: price.campaign.map_or(0, |campaign| campaign.months),
            commitment_months: price.commitment_months,
            notice_months: price.notice_months,
            total_months: price.total_months,
            total_ore: price.total_ore,
            mark: price.mark,
        }
    }
}

impl From<OfferingDetails> for pb::Offering {
    fn from(d: OfferingDetails) -> Self {
        let documents = d.documents.into_iter();
        let campaigns = d.campaigns.into_iter();
        Self {
            product_name: d.product_name,
            categories: d.categories,
            down_mbps: d.down_mbps,
            up_mbps: d.up_mbps,
            consumer_types: d.consumer_types,
            price_groups: d.price_groups,
            price_period_months: d.price_period_months,
            notice_months: d.notice_months,
            delivery: d.delivery,
            external_product_id: d.external_product_id,
            external_offering_id: d.external_offering_id,
            documents: documents
                .map(|Document { kind, url }| pb::OfferingDocument {
                    kind,
                    url,
                    updated: None,
                })
                .collect(),
            valid_from: d.valid_from,
            valid_until: d.valid_until,
            draft: d.draft,
            code_required: d.code_required,
            campaigns: campaigns
                .map(|c| pb::Campaign {
                    kind: c.kind,
                    value: c.value,
                    months: c.months,
                    valid_from: c.valid_from,
                    valid_until: c.valid_until,
                    code: c.code,
                })
                .collect(),
            ..Self::default()
        }
    }
}

impl From<pb::Offering> for OfferingDetails {
    fn from(o: pb::Offering) -> Self {
        let documents = o.documents.into_iter();
        let campaigns = o.campaigns.into_iter();
        Self {
            product_name: o.product_name,
            categories: o.categories,
            down_mbps: o.down_mbps,
            up_mbps: o.up_mbps,
            consumer_types: o.consumer_types,
            price_groups: o.price_groups,
            price_period_months: o.price_period_months,
            notice_months: o.notice_months,
            delivery: o.delivery,
            external_product_id: o.external_product_id,
            external_offering_id: o.external_offering_id,
            documents: documents
                .map(|document| Document {
                    kind: document.kind,
                    url: document.url,
                })
                .collect(),
            valid_from: o.valid_from,
            valid_until: o.valid_until,
            draft: o.draft,
            code_required: o.code_required,
            campaigns: campaigns
                .map(|c| Campaign {
                    kind: c.kind,
                    value: c.value,
                    months: c.months,
                    valid_from: c.valid_from,
                    valid_until: c.valid_until,
                    code: c.code,
                })
                .collect(),
        }
    }
}
