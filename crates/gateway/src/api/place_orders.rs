//! Placing orders, one or several together; open to everybody.

use api::orders::{
    Customer as PbCustomer, FormAnswer, FormScope, OrderItem, PlaceOrderRequest,
    PlaceOrderResponse, PlaceOrdersRequest,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::network::OfHost;
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

/// How the record of an acceptance says where it was given.
const CHANNEL: &str = "api";

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

/// Several orders to place together.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCheckout {
    /// Chosen by the caller; the same id gives the same orders.
    command_id: Uuid,
    place_handle: String,
    /// 1 to 10, each over another technical service.
    items: Vec<Item>,
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
    /// To the network's form; each order keeps them.
    #[serde(default)]
    answers: Vec<Answer>,
}

/// One order of several. What is wrong with it is named "items[0].offering_id" and so on.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    offering_id: String,
    /// Of the provider's form that was answered; 0: there is none.
    #[serde(default)]
    provider_form_version: u32,
    /// To the provider's form.
    #[serde(default)]
    answers: Vec<Answer>,
    /// Of a campaign that is valid today; empty: none.
    #[serde(default)]
    campaign_code: String,
    /// The `mark` of the price that was shown. Empty: not compared.
    #[serde(default)]
    price_mark: String,
}

/// A placed order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    order_id: String,
    order_number: String,
}

/// Orders that were placed together.
#[derive(Serialize, ToSchema)]
pub struct Checkout {
    /// In the order of the items.
    orders: Vec<Placed>,
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
        customer: Some(new.customer.into()),
        acceptance_version: new.acceptance_version,
        acceptance_language: new.acceptance_language,
        accepted: new.accepted,
        channel: CHANNEL.to_owned(),
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
    Ok((StatusCode::CREATED, Json(answer.into())))
}

/// Places several orders of one customer at one place: all of them or none.
#[utoipa::path(post, path = "/api/v1/checkouts", tag = "orders", request_body = NewCheckout,
    responses((status = 201, body = Checkout), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub async fn place_all(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Json(new): Json<NewCheckout>,
) -> Result<(StatusCode, Json<Checkout>), Problem> {
    let request = PlaceOrdersRequest {
        network: network.to_string(),
        command_id: new.command_id.to_string(),
        place_handle: new.place_handle,
        items: new.items.into_iter().map(OrderItem::from).collect(),
        customer: Some(new.customer.into()),
        acceptance_version: new.acceptance_version,
        acceptance_language: new.acceptance_language,
        accepted: new.accepted,
        channel: CHANNEL.to_owned(),
        requested_date: new.requested_date,
        network_form_version: new.network_form_version,
        answers: new.answers.into_iter().map(FormAnswer::from).collect(),
    };
    let answer = gateway
        .services
        .orders(&visitor(&network))
        .place_orders(call(request))
        .await;
    let placed = answer.map_err(Part::Orders.failed())?.into_inner().orders;
    let orders = placed.into_iter().map(Placed::from).collect();
    Ok((StatusCode::CREATED, Json(Checkout { orders })))
}

impl From<Customer> for PbCustomer {
    fn from(customer: Customer) -> Self {
        Self {
            name: customer.name,
            identity_number: customer.identity_number,
            email: customer.email,
            phone: customer.phone,
        }
    }
}

impl From<Item> for OrderItem {
    fn from(item: Item) -> Self {
        Self {
            offering_id: item.offering_id,
            provider_form_version: item.provider_form_version,
            answers: item.answers.into_iter().map(FormAnswer::from).collect(),
            campaign_code: item.campaign_code,
            price_mark: item.price_mark,
        }
    }
}

impl From<PlaceOrderResponse> for Placed {
    fn from(placed: PlaceOrderResponse) -> Self {
        Self {
            order_id: placed.order_id,
            order_number: placed.order_number,
        }
    }
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
