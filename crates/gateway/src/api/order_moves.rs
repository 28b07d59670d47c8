//! Staff end an order.

use api::orders::{MoveOrderRequest, OrderStatus};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{Allowed, Orders as OrdersGate};
use super::orders::Order;
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::Gateway;

/// Where an order is moved.
#[derive(Deserialize, ToSchema)]
pub struct OrderMove {
    /// "NEW", "RECEIVED" …: where it was when it was looked at.
    expected: String,
    /// "CANCELLED" or "WITHDRAWN".
    status: String,
    /// Why, at most 1,000 characters; the customer reads it.
    reason: String,
}

/// Cancels an order, or withdraws from it for the customer. 409 when it is not `expected` any more, or cannot move there.
#[utoipa::path(post, path = "/api/v1/orders/{id}/move", tag = "orders", params(("id" = Uuid, Path)), request_body = OrderMove,
    security(("session" = [])),
    responses((status = 200, body = Order), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn move_order(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<OrdersGate>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<OrderMove>,
) -> Result<Json<Order>, Problem> {
    let (expected, status) = (state(&wanted.expected), state(&wanted.status));
    let request = MoveOrderRequest {
        network: staff.network.to_string(),
        order_id: id.to_string(),
        expected: expected.ok_or_else(|| no_state("expected"))?.into(),
        status: status.ok_or_else(|| no_state("status"))?.into(),
        reason: wanted.reason,
    };
    let mut orders = gateway.services.orders(&staff.caller());
    let answer = orders.move_order(call(request)).await;
    let order = answer.map_err(Part::Orders.failed())?.into_inner().order;
    Ok(Json(order.ok_or_else(Problem::not_found)?.into()))
}

/// The state of a word.
fn state(word: &str) -> Option<OrderStatus> {
    OrderStatus::from_str_name(&format!("ORDER_STATUS_{word}"))
}

/// That a word is none.
fn no_state(field: &str) -> Problem {
    Problem::field(field, "one of the order statuses, such as NEW")
}
