//! What is asked of the orders service: one order by its number, or all since a date.

use api::common::PageRequest;
use api::orders::{
    Customer, GetPersonalDataRequest, GetPersonalDataResponse, GetProviderOrderRequest,
    GivenAnswer, ListProviderOrdersRequest, Order,
};
use chrono::{DateTime, Duration, Utc};
use prost_types::Timestamp;
use service_kit::caller::Caller;
use service_kit::error::reason_of;

use super::refusals::{not_found, refused};
use super::since;
use crate::legacy::answer::Answer;
use crate::legacy::params::Params;
use crate::legacy::refusals::bad;
use crate::limits;
use crate::services::call;
use crate::state::Gateway;

/// Why customers are asked for unless the call says why: that is what the API is for.
const PURPOSE: &str = "deliver the order";

/// The order that `id` names: a count within the network, or the whole number that people use.
pub async fn order(
    gateway: &Gateway,
    caller: &Caller,
    params: &Params,
    root: &'static str,
) -> Result<Order, Answer> {
    let id = params.text("id");
    if id.is_empty() {
        return Err(bad(root, "The parameter id is missing"));
    }
    let request = GetProviderOrderRequest {
        order_number: number(caller, id),
        ..GetProviderOrderRequest::default()
    };
    let found = gateway
        .services
        .provider_orders(caller)
        .get_provider_order(call(request))
        .await;
    let found = found.map_err(|status| refused(root, status))?.into_inner();
    found.order.ok_or_else(|| not_found(root))
}

/// What a provider's orders are called here.
pub fn id_of(order: &Order) -> &str {
    let number = order.order_number.as_str();
    let (_, count) = number.rsplit_once('-').unwrap_or_default();
    count.trim_start_matches('0')
}

fn number(caller: &Caller, id: &str) -> String {
    match (&caller.network, id.bytes().all(|b| b.is_ascii_digit())) {
        (Some(network), true) => format!("{network}-{id}"),
        _ => id.to_owned(),
    }
}

/// The orders that were placed since `date`, the oldest first; at most `most`, or none at all.
pub async fn orders(
    gateway: &Gateway,
    caller: &Caller,
    params: &Params,
    root: &'static str,
    most: usize,
) -> Result<Vec<Order>, Answer> {
    let since = since::parse(params.text("date")).ok_or_else(|| {
        bad(root, "The parameter date must be a date as 2026-11-22, 2026-11-22 13:00:00 or 2026-11-22T12:00:00Z")
    })?;
    let since = since - Duration::seconds(limits::LEGACY_OVERLAP_S);
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListProviderOrdersRequest {
            placed_since: Some(timestamp(since)),
            page: Some(PageRequest {
                page_size: limits::LEGACY_PAGE,
                page_token,
            }),
        };
        let page = gateway
            .services
            .provider_orders(caller)
            .list_provider_orders(call(request))
            .await;
        let page = page.map_err(|status| refused(root, status))?.into_inner();
        found.extend(page.orders);
        if found.len() > most {
            let text = format!("More than {most} orders since this date; ask from a later one");
            return Err(bad(root, text));
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(found);
        }
    }
}

/// The customer of an own order; none who has been erased meanwhile. The orders service records who was told why.
pub async fn customer(
    gateway: &Gateway,
    caller: &Caller,
    params: &Params,
    root: &'static str,
    order: &Order,
) -> Result<Option<Told>, Answer> {
    if order.erased {
        return Ok(None);
    }
    let purpose = match params.text("purpose") {
        "" => PURPOSE,
        purpose => purpose,
    };
    let request = GetPersonalDataRequest {
        order_id: order.order_id.clone(),
        purpose: purpose.to_owned(),
    };
    let told = gateway
        .services
        .provider_orders(caller)
        .get_personal_data(call(request))
        .await;
    match told {
        Ok(told) => Ok(Told::of(told.into_inner())),
        Err(status) if reason_of(&status).as_deref() == Some("CUSTOMER_ERASED") => Ok(None),
        Err(status) => Err(refused(root, status)),
    }
}

/// What a provider was told of a customer.
pub struct Told {
    /// Who.
    pub customer: Customer,
    /// Where.
    pub address: api::common::Address,
    /// What tells flats of the address apart where there is no number, or empty.
    pub distinguisher: String,
    /// To the forms of network and provider.
    pub answers: Vec<GivenAnswer>,
}

impl Told {
    fn of(told: GetPersonalDataResponse) -> Option<Self> {
        Some(Self {
            customer: told.customer?,
            address: told.address.unwrap_or_default(),
            distinguisher: told.distinguisher,
            answers: told.answers,
        })
    }
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: 0,
    }
}
