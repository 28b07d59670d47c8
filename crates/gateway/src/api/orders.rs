//! Orders as staff see them.

use api::orders::{
    GetOrderRequest, GivenAnswer, ListOrdersRequest, Order as PbOrder, OrderStatus, Unfetched,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bearer::{Allowed, Orders as OrdersGate};
use super::convert::{Paging, time, word};
use super::offering_details::OfferPrice;
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::Gateway;

/// An answer as staff see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeenAnswer {
    scope: String,
    key: String,
    label_sv: String,
    label_en: String,
    /// "***" when it is personal.
    value: String,
}

/// An order without a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    order_id: String,
    order_number: String,
    provider_id: String,
    offering_id: String,
    offering_name: String,
    service: String,
    access_id: String,
    /// "NEW", "RECEIVED" …
    status: String,
    placed_at: Option<DateTime<Utc>>,
    changed_at: Option<DateTime<Utc>>,
    requested_date: String,
    erased: bool,
    /// How often the provider was reminded that it had not received the order.
    reminders: u32,
    /// When the network was told that it had not.
    escalated_at: Option<DateTime<Utc>>,
    /// That it was placed at; not of orders from before prices were kept.
    price: Option<OfferPrice>,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Orders {
    orders: Vec<Order>,
    next_page_token: String,
}

/// One line of an order's log.
#[derive(Serialize, ToSchema)]
pub struct LogLine {
    at: Option<DateTime<Utc>>,
    kind: String,
    actor: String,
    /// In English, or in the provider's words when it is a message.
    text: String,
    /// What `text` says, as codes: two states, "customer" or "provider" of a mail, the class of a purpose.
    details: Vec<String>,
}

/// An order with its log; the person masked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    order: Order,
    customer_name_masked: String,
    identity_number_masked: String,
    log: Vec<LogLine>,
    answers: Vec<SeenAnswer>,
}

/// Which orders.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OrderFilter {
    /// "NEW", "RECEIVED" …; empty: all.
    #[serde(default)]
    status: String,
    /// One provider's only.
    #[serde(default)]
    provider_id: String,
    /// "REMINDED" or "ESCALATED": those that their provider has not received for so long; empty: all.
    #[serde(default)]
    unfetched: String,
}

/// The orders of the network, newest first.
#[utoipa::path(get, path = "/api/v1/orders", tag = "orders", params(OrderFilter, Paging), security(("session" = [])),
    responses((status = 200, body = Orders), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Query(filter): Query<OrderFilter>,
    Query(paging): Query<Paging>,
) -> Result<Json<Orders>, Problem> {
    let status = match filter.status.as_str() {
        "" => OrderStatus::Unspecified,
        word => OrderStatus::from_str_name(&format!("ORDER_STATUS_{word}"))
            .ok_or_else(|| Problem::field("status", "one of the order statuses, such as NEW"))?,
    };
    let unfetched = match filter.unfetched.as_str() {
        "" => Unfetched::Unspecified,
        word => Unfetched::from_str_name(&format!("UNFETCHED_{word}"))
            .ok_or_else(|| Problem::field("unfetched", "REMINDED or ESCALATED"))?,
    };
    let request = ListOrdersRequest {
        unfetched: unfetched.into(),
        network: staff.network.to_string(),
        status: status.into(),
        provider_id: filter.provider_id,
        page: Some(paging.request()),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .list_orders(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let orders = answer.orders.into_iter().map(Order::from).collect();
    Ok(Json(Orders {
        orders,
        next_page_token: answer.next_page_token,
    }))
}

/// One order with its log.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "orders", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 200, body = OrderView), (status = 404, body = Problem)))]
pub async fn one(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<OrderView>, Problem> {
    let request = GetOrderRequest {
        network: staff.network.to_string(),
        order_id: id.to_string(),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .get_order(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let line = |entry: api::orders::OrderLogEntry| LogLine {
        at: time(entry.at.as_ref()),
        kind: entry.kind,
        actor: entry.actor,
        text: entry.text,
        details: entry.details,
    };
    Ok(Json(OrderView {
        order: answer.order.ok_or_else(Problem::not_found)?.into(),
        customer_name_masked: answer.customer_name_masked,
        identity_number_masked: answer.identity_number_masked,
        log: answer.log.into_iter().map(line).collect(),
        answers: answer.answers.into_iter().map(SeenAnswer::from).collect(),
    }))
}

impl From<GivenAnswer> for SeenAnswer {
    fn from(answer: GivenAnswer) -> Self {
        let scope = word(answer.scope().as_str_name(), "FORM_SCOPE_");
        let label = answer.label.unwrap_or_default();
        Self {
            scope,
            key: answer.key,
            label_sv: label.sv,
            label_en: label.en,
            value: answer.value,
        }
    }
}

impl From<PbOrder> for Order {
    fn from(o: PbOrder) -> Self {
        Self {
            status: word(o.status().as_str_name(), "ORDER_STATUS_"),
            placed_at: time(o.placed_at.as_ref()),
            changed_at: time(o.changed_at.as_ref()),
            order_id: o.order_id,
            order_number: o.order_number,
            provider_id: o.provider_id,
            offering_id: o.offering_id,
            offering_name: o.offering_name,
            service: o.service,
            access_id: o.access_id,
            requested_date: o.requested_date,
            erased: o.erased,
            reminders: o.reminders,
            escalated_at: time(o.escalated_at.as_ref()),
            price: o.price.map(OfferPrice::from),
        }
    }
}
