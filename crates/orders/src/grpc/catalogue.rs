//! The catalogue between the wire's words and ours.

use api as pb;
use chrono::NaiveDate;
use kernel::ProviderId;

use super::forms;
use super::translate::{self, invalid, page_in};
use crate::app::Desk;
use crate::app::error::OrdersError;
use crate::app::list_offers::{Offer, Offers, OffersAsked, Seller};
use crate::app::own_offerings::{ListedOffering, OfferingPage, OwnOffering};
use crate::app::places::StoredAddress;
use crate::domain::OfferingId;
use crate::domain::catalogue::campaign::{Campaign, CampaignInput};
use crate::domain::catalogue::choice::{FilterInput, OfferFilter, OfferSort};
use crate::domain::catalogue::neutral::Evenness;
use crate::domain::catalogue::offering::ExternalKey;
use crate::domain::catalogue::price::Price;
use crate::domain::catalogue::{Offering, OfferingInput, Provider, ProviderInput};
use crate::events::outgoing::timestamp;
use crate::store::offering::Listed;

pub(super) fn provider_in(provider: Option<pb::orders::Provider>) -> ProviderInput {
    let provider = provider.unwrap_or_default();
    ProviderInput {
        id: provider.provider_id,
        name: provider.name,
        order_email: provider.order_email,
        privacy_url: provider.privacy_url,
        phone: provider.phone,
        opening_hours: provider.opening_hours,
        website: provider.website,
        presentation: provider.presentation,
    }
}

pub(super) fn provider_out(provider: Provider) -> pb::orders::Provider {
    pb::orders::Provider {
        provider_id: provider.id.to_string(),
        name: provider.name,
        order_email: provider.order_email.as_str().to_owned(),
        privacy_url: provider.privacy_url,
        phone: provider.phone,
        opening_hours: provider.opening_hours,
        website: provider.website,
        presentation: provider.presentation,
    }
}

pub(super) fn offering_in(offering: Option<pb::orders::Offering>) -> OfferingInput {
    let offering = offering.unwrap_or_default();
    let documents = offering.documents.into_iter();
    OfferingInput {
        id: offering.offering_id,
        provider: offering.provider_id,
        service: offering.service,
        name: offering.name,
        product_name: offering.product_name,
        description: offering.description,
        categories: offering.categories,
        down_mbps: offering.down_mbps,
        up_mbps: offering.up_mbps,
        consumer_types: offering.consumer_types,
        price_groups: offering.price_groups,
        monthly_price_ore: offering.monthly_price_ore,
        start_price_ore: offering.start_price_ore,
        price_period_months: offering.price_period_months,
        commitment_months: offering.commitment_months,
        notice_months: offering.notice_months,
        delivery: offering.delivery,
        external_product_id: offering.external_product_id,
        external_offering_id: offering.external_offering_id,
        documents: documents.map(|d| (d.kind, d.url)).collect(),
        valid_from: offering.valid_from,
        valid_until: offering.valid_until,
        draft: offering.draft,
        campaigns: offering.campaigns.into_iter().map(campaign_in).collect(),
        code_required: offering.code_required,
    }
}

fn campaign_in(campaign: pb::orders::Campaign) -> CampaignInput {
    CampaignInput {
        kind: campaign.kind,
        value: campaign.value,
        months: campaign.months,
        valid_from: campaign.valid_from,
        valid_until: campaign.valid_until,
        code: campaign.code,
    }
}

/// A provider's system may leave out whose it is, and may name nobody else.
pub(super) fn own_offering_in(
    desk: &Desk,
    offering: Option<pb::orders::Offering>,
) -> Result<OfferingInput, OrdersError> {
    let input = offering_in(offering);
    if input.provider.is_empty() || input.provider == desk.provider.as_str() {
        return Ok(input);
    }
    let rule = "empty, or the provider that the credential is for";
    Err(OrdersError::invalid("provider_id", rule))
}

/// As who entered it sees it.
pub(super) fn offering_out(offering: Offering, seller: Option<Provider>) -> pb::orders::Offering {
    let campaigns = offering.campaigns.iter().map(campaign_out).collect();
    let (price_groups, draft) = (offering.price_groups.clone(), offering.draft);
    let external = offering.external.clone();
    let (external_product_id, external_offering_id) =
        external.map_or_else(Default::default, |key| (key.product, key.offering));
    pb::orders::Offering {
        campaigns,
        price_groups,
        draft,
        external_product_id,
        external_offering_id,
        ..public_out(&offering, seller.as_ref())
    }
}

/// As everybody sees it: without what is planned, and without codes.
fn public_out(offering: &Offering, seller: Option<&Provider>) -> pb::orders::Offering {
    let words = |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect();
    let (provider_name, privacy_url) = seller.map_or_else(Default::default, |seller| {
        (seller.name.clone(), seller.privacy_url.clone())
    });
    let documents = offering.documents.iter();
    pb::orders::Offering {
        offering_id: offering.id.to_string(),
        provider_id: offering.provider.to_string(),
        service: offering.service.clone(),
        name: offering.name.clone(),
        description: offering.description.clone(),
        monthly_price_ore: offering.monthly_price_ore,
        start_price_ore: offering.start_price_ore,
        commitment_months: offering.commitment_months,
        provider_name,
        privacy_url,
        product_name: offering.product_name.clone(),
        categories: words(offering.categories.iter().map(|c| c.as_str()).collect()),
        down_mbps: offering.down_mbps,
        up_mbps: offering.up_mbps,
        consumer_types: words(offering.consumer_types.iter().map(|c| c.as_str()).collect()),
        price_period_months: offering.price_period_months,
        notice_months: offering.notice_months,
        delivery: offering.delivery.clone(),
        documents: documents
            .map(|document| pb::orders::OfferingDocument {
                kind: document.kind.as_str().to_owned(),
                url: document.url.clone(),
                updated: document.updated.map(timestamp),
            })
            .collect(),
        valid_from: day_out(offering.valid.from),
        valid_until: day_out(offering.valid.until),
        code_required: offering.code_required,
        ..pb::orders::Offering::default()
    }
}

fn campaign_out(campaign: &Campaign) -> pb::orders::Campaign {
    pb::orders::Campaign {
        kind: campaign.kind.as_str().to_owned(),
        value: campaign.value,
        months: campaign.months,
        valid_from: day_out(campaign.valid.from),
        valid_until: day_out(campaign.valid.until),
        code: campaign.code.clone(),
    }
}

fn offer_out(offer: Offer) -> pb::orders::Offering {
    let Offer {
        offering,
        provider,
        price,
        by_code,
    } = offer;
    let (phone, hours) = (provider.phone.clone(), provider.opening_hours.clone());
    let (website, draft) = (provider.website.clone(), offering.draft);
    pb::orders::Offering {
        price: Some(pb::orders::Price {
            mark: price.mark(),
            by_code,
            ..kept_price_out(&price)
        }),
        draft,
        provider_phone: phone,
        provider_opening_hours: hours,
        provider_website: website,
        ..public_out(&offering, Some(&provider))
    }
}

fn seller_out(seller: Seller) -> pb::orders::OfferSeller {
    pb::orders::OfferSeller {
        provider_id: seller.provider.id.to_string(),
        provider_name: seller.provider.name.clone(),
        offers: u32::try_from(seller.offers).unwrap_or(u32::MAX),
    }
}

/// The price that an order keeps.
pub(super) fn kept_price_out(price: &Price) -> pb::orders::Price {
    let campaign = price.campaign.as_ref();
    pb::orders::Price {
        start_ore: price.start_ore,
        monthly_ore: price.monthly_ore,
        first_monthly_ore: price.first_monthly_ore,
        campaign: campaign.map(|campaign| pb::orders::Campaign {
            kind: campaign.kind.as_str().to_owned(),
            value: campaign.value,
            months: campaign.months,
            ..pb::orders::Campaign::default()
        }),
        commitment_months: price.commitment_months,
        price_period_months: price.period_months,
        notice_months: price.notice_months,
        total_months: price.total_months,
        total_ore: price.total_ore,
        mark: String::new(),
        by_code: false,
    }
}

pub(super) fn offers_asked(
    asked: pb::orders::ListOffersRequest,
) -> Result<OffersAsked, OrdersError> {
    let sort = match asked.sort() {
        pb::orders::OfferSort::Unspecified | pb::orders::OfferSort::Price => OfferSort::Price,
        pb::orders::OfferSort::Total => OfferSort::Total,
        pb::orders::OfferSort::Speed => OfferSort::Speed,
        pb::orders::OfferSort::Neutral => OfferSort::Neutral,
    };
    let filter = asked.filter.unwrap_or_default();
    let filter = FilterInput {
        categories: filter.categories,
        min_down_mbps: filter.min_down_mbps,
        max_month_ore: filter.max_month_ore,
        max_commitment_months: filter.max_commitment_months,
        consumer_type: filter.consumer_type,
        provider: filter.provider_id,
        offerings: filter.offering_ids,
    };
    let skip = match asked.page_token.as_str() {
        "" => 0,
        token => token.parse().map_err(|_| OrdersError::wrong_page_token())?,
    };
    let preview = match asked.preview_day.as_str() {
        "" => None,
        text => Some(day_in("preview_day", text)?),
    };
    Ok(OffersAsked {
        handle: asked.place_handle,
        filter: OfferFilter::parse(&filter).map_err(OrdersError::Invalid)?,
        sort,
        skip,
        campaign_code: asked.campaign_code,
        preview,
    })
}

pub(super) fn offers_out(offers: Offers) -> pb::orders::ListOffersResponse {
    let forms = offers.forms.into_iter().map(forms::public_form_out);
    pb::orders::ListOffersResponse {
        offers: offers.offers.into_iter().map(offer_out).collect(),
        sellers: offers.sellers.into_iter().map(seller_out).collect(),
        next_page_token: offers
            .next_skip
            .map(|skip| skip.to_string())
            .unwrap_or_default(),
        address: Some(translate::address_out(StoredAddress::from(&offers.address))),
        acceptance_texts: offers.texts.into_iter().map(translate::text_out).collect(),
        forms: forms.collect(),
        distinguisher: offers.distinguisher,
        direct_activation: offers.direct_activation,
    }
}

pub(super) fn listed_in(
    asked: pb::orders::ListOfferingsRequest,
) -> Result<(Listed, u64), OrdersError> {
    let provider = match asked.provider_id.as_str() {
        "" => None,
        id => Some(ProviderId::parse(id).map_err(|e| invalid("provider_id", id, e.rule))?),
    };
    let id = match asked.offering_id.as_str() {
        "" => None,
        id => Some(offering_id(id)?),
    };
    let (after, size) = page_in(asked.page)?;
    let listed = Listed {
        provider,
        id,
        with_ended: asked.include_ended,
        after: after.map(OfferingId::from_uuid),
    };
    Ok((listed, size))
}

pub(super) fn own_listed_in(
    desk: &Desk,
    asked: pb::orders::ListOwnOfferingsRequest,
) -> Result<(Listed, u64), OrdersError> {
    let (after, size) = page_in(asked.page)?;
    let listed = Listed {
        provider: Some(desk.provider.clone()),
        id: None,
        with_ended: asked.include_ended,
        after: after.map(OfferingId::from_uuid),
    };
    Ok((listed, size))
}

pub(super) fn own_named_in(
    asked: pb::orders::RemoveOwnOfferingRequest,
) -> Result<OwnOffering, OrdersError> {
    if asked.offering_id.is_empty() {
        return Ok(OwnOffering::External(ExternalKey {
            product: asked.external_product_id,
            offering: asked.external_offering_id,
        }));
    }
    Ok(OwnOffering::Id(offering_id(&asked.offering_id)?))
}

/// An id that is none names no offering.
fn offering_id(text: &str) -> Result<OfferingId, OrdersError> {
    OfferingId::parse(text).map_err(|_| OrdersError::OfferingNotFound)
}

pub(super) fn page_out(page: OfferingPage) -> (Vec<pb::orders::Offering>, String) {
    let listed = |listed: ListedOffering| pb::orders::Offering {
        ended_at: listed.ended_at.map(timestamp),
        ..offering_out(listed.offering, listed.provider)
    };
    let next = page.next_after.map(|id| id.to_string());
    let offerings = page.offerings.into_iter().map(listed).collect();
    (offerings, next.unwrap_or_default())
}

pub(super) fn period_in(
    asked: &pb::orders::ReportNeutralityRequest,
) -> Result<(NaiveDate, NaiveDate), OrdersError> {
    Ok((day_in("from", &asked.from)?, day_in("until", &asked.until)?))
}

pub(super) fn report_out(report: Vec<Evenness>) -> pb::orders::ReportNeutralityResponse {
    let providers = report.into_iter().map(|row| pb::orders::ProviderEvenness {
        provider_id: row.provider.to_string(),
        times_shown: row.times_shown,
        times_first: row.times_first,
        mean_position: row.mean_position,
        first_share: row.first_share,
        expected_share: row.expected_share,
    });
    pb::orders::ReportNeutralityResponse {
        providers: providers.collect(),
    }
}

fn day_in(field: &str, text: &str) -> Result<NaiveDate, OrdersError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| invalid(field, text, "a day as YYYY-MM-DD"))
}

fn day_out(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
