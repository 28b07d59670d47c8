//! Orders: placing one is open to everybody; seeing them is for staff.

use api::orders::{
    Customer as PbCustomer, FormAnswer, FormScope, GetOrderRequest, GivenAnswer, ListOrdersRequest,
    Order as PbOrder, OrderStatus, PlaceOrderRequest, Unfetched,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bearer::{Allowed, Orders as OrdersGate};
use super::convert::{Paging, time, word};
use super::network::OfHost;
use super::offering_details::OfferPrice;
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

/// Who orders.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    name: String,
    identity_number: String,
    email: String,
    phone: String,
}

/// An order to place.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewOrder {
    /// Chosen by the caller; the same id gives the same order.
    command_id: Uuid,
    place_handle: String,
    offering_id: String,
    customer: Customer,
    /// Version of the text that the customer accepted.
    acceptance_version: String,
    /// "sv" or "en".
    acceptance_language: String,
    accepted: bool,
    /// ISO 8601 day; empty: as soon as possible.
    #[serde(default)]
    requested_date: String,
    /// Of the network's form that was answered; 0: there is none.
    #[serde(default)]
    network_form_version: u32,
    /// Of the provider's form that was answered; 0: there is none.
    #[serde(default)]
    provider_form_version: u32,
    #[serde(default)]
    answers: Vec<Answer>,
    /// Of a campaign that is valid today; empty: none.
    #[serde(default)]
    campaign_code: String,
    /// The `mark` of the price that was shown; the order is refused when another is current. Empty: not compared.
    #[serde(default)]
    price_mark: String,
}

/// What the customer answers to one field of an order form.
#[derive(Deserialize, ToSchema)]
pub struct Answer {
    /// "NETWORK" or "PROVIDER": whose form.
    scope: String,
    key: String,
    /// A choice's value, a whole number, an ISO 8601 day, "yes", "no", or text.
    value: String,
}

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

/// A placed order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    order_id: String,
    order_number: String,
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

/// Places an order.
#[utoipa::path(post, path = "/api/v1/orders", tag = "orders", request_body = NewOrder,
    responses((status = 201, body = Placed), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub async fn place(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, Json<Placed>), Problem> {
    let request = PlaceOrderRequest {
        network: network.to_string(),
        command_id: new.command_id.to_string(),
        place_handle: new.place_handle,
        offering_id: new.offering_id,
        customer: Some(PbCustomer {
            name: new.customer.name,
            identity_number: new.customer.identity_number,
            email: new.customer.email,
            phone: new.customer.phone,
        }),
        acceptance_version: new.acceptance_version,
        acceptance_language: new.acceptance_language,
        accepted: new.accepted,
        channel: "api".to_owned(),
        requested_date: new.requested_date,
        network_form_version: new.network_form_version,
        provider_form_version: new.provider_form_version,
        answers: new.answers.into_iter().map(FormAnswer::from).collect(),
        campaign_code: new.campaign_code,
        price_mark: new.price_mark,
    };
    let answer = gateway
        .services
        .orders(&visitor(&network))
        .place_order(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let placed = Placed {
        order_id: answer.order_id,
        order_number: answer.order_number,
    };
    Ok((StatusCode::CREATED, Json(placed)))
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

impl From<Answer> for FormAnswer {
    /// A scope that there is not becomes none, which the service refuses with all else that is wrong.
    fn from(answer: Answer) -> Self {
        let scope = FormScope::from_str_name(&format!("FORM_SCOPE_{}", answer.scope));
        Self {
            scope: scope.unwrap_or_default().into(),
            key: answer.key,
            value: answer.value,
        }
    }
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
