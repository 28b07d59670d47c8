//! `/orders/`: a provider's technical orders at the network (on-api.md §1.3).

use api::orders::create_technical_order_response::Outcome;
use api::orders::{
    ChangeTechnicalOrderRequest, CreateTechnicalOrderRequest, DeleteTechnicalOrderRequest,
    GetTechnicalOrderRequest, ListTechnicalOrdersRequest, TechnicalOrder, TechnicalOrderInput,
};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value};
use service_kit::caller::Caller;

use super::errors::Refusal;
use super::order_input;
use super::order_json::{self, Order, path_of};
use super::versions::{Spoken, Version};
use crate::limits;
use crate::services::{Part, call};
use crate::state::Gateway;

/// How often a change is made again that met another one.
const ATTEMPTS: u32 = 3;

/// Members that say which order it is.
const WHAT_IT_IS: [&str; 5] = [
    "operation",
    "accessId",
    "service",
    "subscriptionId",
    "forcedTakeover",
];

/// What a list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wanted {
    access_id: String,
    state: String,
}

/// Those that are not done, or in the named state; of all accesses, or of the named one.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<Order>>, Refusal> {
    let state = match wanted.state.as_str() {
        "" => None,
        word => Some(
            order_json::state_of(word)
                .ok_or_else(|| Refusal::bad("state: one of ON-API's states of an order"))?,
        ),
    };
    let mut request = ListTechnicalOrdersRequest {
        access_id: wanted.access_id.trim_matches('"').to_owned(),
        state: state.unwrap_or_default().into(),
        page: Some(limits::on_api_page("")),
    };
    let mut found = Vec::new();
    loop {
        let mut orders = gateway.services.provider_orders(&caller);
        let page = orders.list_technical_orders(call(request.clone())).await;
        let page = page.map_err(Part::Orders.failed())?.into_inner();
        found.extend(
            page.orders
                .into_iter()
                .map(|order| Order::of(order, version)),
        );
        if page.next_page_token.is_empty() {
            return Ok(Json(found));
        }
        if found.len() >= limits::ON_API_ORDERS {
            return Err(Refusal::too_long());
        }
        request.page = Some(limits::on_api_page(&page.next_page_token));
    }
}

/// One.
pub async fn one(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Order>, Refusal> {
    let order = find(&gateway, &caller, id).await?;
    Ok(Json(Order::of(order, version)))
}

/// A new one: 201. 200 with the one that there is, or with what is so already (on-api.md §1.3, creation outcomes).
pub async fn create(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked = order_input::input_of(&order_input::object(&body)?)?;
    let request = CreateTechnicalOrderRequest { asked: Some(asked) };
    let mut orders = gateway.services.provider_orders(&caller);
    let answer = orders.create_technical_order(call(request)).await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    Ok(match answer.outcome {
        Some(Outcome::Created(order)) => {
            let location = path_of(&order.order_id, version);
            let headers = [(header::LOCATION, location)];
            (
                StatusCode::CREATED,
                headers,
                Json(Order::of(order, version)),
            )
                .into_response()
        }
        Some(Outcome::Existing(order)) => Json(Order::of(order, version)).into_response(),
        Some(Outcome::NothingToDo(asked)) => Json(Order::done_before(asked)).into_response(),
        None => return Err(Refusal::unavailable_orders()),
    })
}

/// The whole order anew.
pub async fn put(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let mut members = order_input::object(&body)?;
    let order = find(&gateway, &caller, id).await?;
    what_it_is(&mut members, as_members(&order, version));
    let asked = order_input::input_of(&members)?;
    change(&gateway, &caller, &order.order_id, asked, 0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be different (RFC 7396). Whoever changes the order at the same time is not undone: it is merged again.
pub async fn patch(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let changes = order_input::object(&body)?;
    let mut attempts = ATTEMPTS;
    loop {
        let order = find(&gateway, &caller, id.clone()).await?;
        let mut members = as_members(&order, version);
        order_input::merge(&mut members, changes.clone());
        let asked = order_input::input_of(&members)?;
        attempts -= 1;
        match change(&gateway, &caller, &order.order_id, asked, order.version).await {
            Err(refusal) if refusal.is_conflict_of_versions() && attempts > 0 => {}
            changed => return changed.map(|()| StatusCode::NO_CONTENT),
        }
    }
}

/// Takes it back.
pub async fn delete(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(_): Spoken,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let request = DeleteTechnicalOrderRequest { order_id: id };
    let mut orders = gateway.services.provider_orders(&caller);
    let deleted = orders.delete_technical_order(call(request)).await;
    deleted.map_err(Part::Orders.failed())?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(gateway: &Gateway, caller: &Caller, id: String) -> Result<TechnicalOrder, Refusal> {
    let request = GetTechnicalOrderRequest { order_id: id };
    let mut orders = gateway.services.provider_orders(caller);
    let found = orders.get_technical_order(call(request)).await;
    let found = found.map_err(Part::Orders.failed())?.into_inner();
    found.order.ok_or_else(Refusal::not_found)
}

async fn change(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    asked: TechnicalOrderInput,
    version: i64,
) -> Result<(), Refusal> {
    let request = ChangeTechnicalOrderRequest {
        order_id: id.to_owned(),
        asked: Some(asked),
        version,
    };
    let mut orders = gateway.services.provider_orders(caller);
    let changed = orders.change_technical_order(call(request)).await;
    changed.map_err(Part::Orders.failed())?;
    Ok(())
}

/// The order as its provider would send it.
fn as_members(order: &TechnicalOrder, version: &Version) -> Map<String, Value> {
    match serde_json::to_value(Order::of(order.clone(), version)) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// A PUT need not repeat of what the order is: that cannot change.
fn what_it_is(members: &mut Map<String, Value>, before: Map<String, Value>) {
    for name in WHAT_IT_IS {
        let absent = members.get(name).is_none_or(Value::is_null);
        if let (true, Some(value)) = (absent, before.get(name)) {
            members.insert(name.to_owned(), value.clone());
        }
    }
}
