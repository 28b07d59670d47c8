//! `/subscriptions/`: what came of a provider's orders (on-api.md §1.3). By access from 2.6; a flat list before (§1.6).

use std::collections::BTreeMap;

use api::orders::{ListSubscriptionsRequest, Subscription as Wire};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use serde::Serialize;
use service_kit::caller::Caller;

use super::accesses::answer;
use super::errors::Refusal;
use super::order_json::{Characteristics, Equipment};
use super::since::{Since, time_of};
use super::versions::Spoken;
use crate::limits;
use crate::services::{Part, call};
use crate::state::Gateway;

/// The subscriptions at one access.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfAccess {
    access_id: String,
    subscriptions: Vec<Subscription>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    /// In a flat list.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_id: Option<String>,
    subscription_id: String,
    service: String,
    operational_state: &'static str,
    connection_date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    disconnection_date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sp_reference: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sp_subscription_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    characteristics: Option<Characteristics>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    equipment: Vec<Equipment>,
}

/// Those that there are; with a time those that have changed since, also those that have ended.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Since(since): Since,
) -> Result<Response, Refusal> {
    let request = ListSubscriptionsRequest {
        changed_since: since.map(|since| Timestamp {
            seconds: since.timestamp(),
            nanos: 0,
        }),
        ..ListSubscriptionsRequest::default()
    };
    let (found, seen) = read(&gateway, &caller, request).await?;
    if since.is_some() && found.is_empty() {
        return Ok(answer(None, seen));
    }
    let json = if version.access_carries_services {
        serde_json::to_vec(&flat(found))
    } else {
        serde_json::to_vec(&by_access(found))
    };
    let json = json.map_err(|_| Refusal::unavailable_orders())?;
    Ok(answer(Some(Body::from(json)), seen))
}

/// Those at one access; 404 when there are none. Only by access, so only from 2.6.
pub async fn one(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<OfAccess>, Refusal> {
    if version.access_carries_services {
        return Err(Refusal::unknown_endpoint());
    }
    // What cannot be an id is no access either.
    let id = kernel::AccessId::parse(&id).map_err(|_| Refusal::not_found())?;
    let request = ListSubscriptionsRequest {
        access_id: id.to_string(),
        ..ListSubscriptionsRequest::default()
    };
    let (found, _) = read(&gateway, &caller, request).await?;
    let found = by_access(found).pop();
    found.map(Json).ok_or_else(Refusal::not_found)
}

/// All pages, and the second before which they are complete.
async fn read(
    gateway: &Gateway,
    caller: &Caller,
    mut request: ListSubscriptionsRequest,
) -> Result<(Vec<Wire>, Option<DateTime<Utc>>), Refusal> {
    let reader = (caller.network.clone(), caller.provider.clone());
    let _list = gateway.lists.take(&reader).ok_or_else(Refusal::too_many)?;
    let (mut found, mut seen) = (Vec::new(), None);
    request.page = Some(limits::on_api_page(""));
    loop {
        let mut orders = gateway.services.provider_orders(caller);
        let page = orders.list_subscriptions(call(request.clone())).await;
        let page = page.map_err(Part::Orders.failed())?.into_inner();
        // Of the first page: what changes while the list is read may or may not be in it.
        seen = seen.or_else(|| time_of(page.complete_before.as_ref()));
        found.extend(page.subscriptions);
        if page.next_page_token.is_empty() {
            return Ok((found, seen));
        }
        if found.len() >= limits::ON_API_SUBSCRIPTIONS {
            return Err(Refusal::too_long());
        }
        request.page = Some(limits::on_api_page(&page.next_page_token));
    }
}

/// Where nobody knows any more where it was (the customer is erased, and it has ended) it cannot be said.
fn by_access(found: Vec<Wire>) -> Vec<OfAccess> {
    let mut accesses = BTreeMap::<String, Vec<Subscription>>::new();
    for mut one in found {
        let access = std::mem::take(&mut one.access_id);
        accesses.entry(access).or_default().push(json(one, None));
    }
    accesses.remove("");
    let of_access = |(access_id, subscriptions)| OfAccess {
        access_id,
        subscriptions,
    };
    accesses.into_iter().map(of_access).collect()
}

fn flat(found: Vec<Wire>) -> Vec<Subscription> {
    let json = |mut one: Wire| {
        let access = std::mem::take(&mut one.access_id);
        (!access.is_empty()).then(|| json(one, Some(access)))
    };
    found.into_iter().filter_map(json).collect()
}

fn json(one: Wire, access_id: Option<String>) -> Subscription {
    Subscription {
        access_id,
        subscription_id: one.subscription_id,
        service: one.service,
        operational_state: if one.suspended {
            "SUSPENDED"
        } else {
            "ACTIVATED"
        },
        connection_date: one.connection_date,
        disconnection_date: one.disconnection_date,
        sp_reference: one.sp_reference,
        sp_subscription_id: one.sp_subscription_id,
        characteristics: one.characteristics.map(Characteristics::from),
        equipment: one.equipment.into_iter().map(Equipment::from).collect(),
    }
}
