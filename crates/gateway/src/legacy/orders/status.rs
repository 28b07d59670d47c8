//! `set_status`.

use api::orders::{AcknowledgeOrderRequest, Order, OrderStatus, SetStatusRequest};
use service_kit::caller::Caller;

use super::refusals::refused;
use super::{SET_STATUS, lookup};
use crate::legacy::answer::Answer;
use crate::legacy::params::Params;
use crate::legacy::refusals::bad;
use crate::services::call;
use crate::state::Gateway;

/// Moves an own order. Who works on an order that it has not said to have received, has received it: that is said first.
pub async fn set_status(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let word = params.text("status");
    let Some(status) = status(word) else {
        let text = "The parameter status must be new, received, active, waiting, cancelled, delivered or withdrawn";
        return bad(SET_STATUS, text);
    };
    let moved = async {
        let order = lookup::order(&gateway, &caller, &params, SET_STATUS).await?;
        if order.status() == OrderStatus::New && is_work(status) {
            acknowledge(&gateway, &caller, &order).await?;
        }
        let request = SetStatusRequest {
            order_id: order.order_id.clone(),
            status: status.into(),
            message: String::new(),
        };
        gateway
            .services
            .provider_orders(&caller)
            .set_status(call(request))
            .await
            .map_err(|status| refused(SET_STATUS, status))?;
        Ok(order)
    };
    match moved.await {
        Ok(order) => {
            let id = lookup::id_of(&order);
            let text = format!("Status changed to {word} for order {id}");
            Answer::success(SET_STATUS, text)
        }
        Err(answer) => answer,
    }
}

async fn acknowledge(gateway: &Gateway, caller: &Caller, order: &Order) -> Result<(), Answer> {
    let request = AcknowledgeOrderRequest {
        order_id: order.order_id.clone(),
    };
    let done = gateway
        .services
        .provider_orders(caller)
        .acknowledge_order(call(request))
        .await;
    done.map(drop).map_err(|status| refused(SET_STATUS, status))
}

fn is_work(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::Active | OrderStatus::Waiting | OrderStatus::Delivered
    )
}

fn status(word: &str) -> Option<OrderStatus> {
    Some(match word {
        "new" => OrderStatus::New,
        "received" => OrderStatus::Received,
        "active" => OrderStatus::Active,
        "waiting" => OrderStatus::Waiting,
        "cancelled" => OrderStatus::Cancelled,
        "delivered" => OrderStatus::Delivered,
        "withdrawn" => OrderStatus::Withdrawn,
        _ => return None,
    })
}
