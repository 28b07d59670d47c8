//! `add_message` and `order_log`: what provider and network say to one another about an order.

use api::common::PageRequest;
use api::orders::{AddMessageRequest, ListOrderLogRequest, MessageType, Order, OrderLogEntry};
use service_kit::caller::Caller;

use super::refusals::refused;
use super::{ADD_MESSAGE, ORDER_LOG, lookup, shapes};
use crate::legacy::answer::Answer;
use crate::legacy::content::Content;
use crate::legacy::params::Params;
use crate::legacy::refusals::bad;
use crate::limits;
use crate::services::call;
use crate::state::Gateway;

/// Writes a message into the log of an own order: once, if the call names itself by a `command_id`.
pub async fn add_message(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let Some(kind) = message_type(params.text("type")) else {
        let text = "The parameter type must be error, alert, system or log";
        return bad(ADD_MESSAGE, text);
    };
    let added = async {
        let order = lookup::order(&gateway, &caller, &params, ADD_MESSAGE).await?;
        let command_id = match params.text("command_id") {
            "" => kernel::new_id(gateway.directory.clock.as_ref()).to_string(),
            id => id.to_owned(),
        };
        let request = AddMessageRequest {
            command_id,
            order_id: order.order_id.clone(),
            r#type: kind.into(),
            message: params.text("message").to_owned(),
        };
        gateway
            .services
            .provider_orders(&caller)
            .add_message(call(request))
            .await
            .map_err(|status| refused(ADD_MESSAGE, status))?;
        Ok(order)
    };
    match added.await {
        Ok(order) => {
            let text = format!("Message added to order {}", lookup::id_of(&order));
            Answer::success(ADD_MESSAGE, text)
        }
        Err(answer) => answer,
    }
}

fn message_type(word: &str) -> Option<MessageType> {
    Some(match word {
        "error" => MessageType::Error,
        "alert" => MessageType::Alert,
        "system" => MessageType::System,
        "log" => MessageType::Log,
        _ => return None,
    })
}

/// The log of an own order, the oldest line first.
pub async fn order_log(gateway: Gateway, caller: Caller, params: Params) -> Answer {
    let read = async {
        let order = lookup::order(&gateway, &caller, &params, ORDER_LOG).await?;
        lines(&gateway, &caller, &order).await
    };
    match read.await {
        Ok(lines) => {
            let lines = lines.iter().map(shapes::line).collect();
            Answer::found(ORDER_LOG, vec![("entry", Content::List(lines))])
        }
        Err(answer) => answer,
    }
}

/// At most the first [`limits::LEGACY_LOG`] lines.
async fn lines(
    gateway: &Gateway,
    caller: &Caller,
    order: &Order,
) -> Result<Vec<OrderLogEntry>, Answer> {
    let (mut lines, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListOrderLogRequest {
            order_id: order.order_id.clone(),
            page: Some(PageRequest {
                page_size: limits::LEGACY_PAGE,
                page_token,
            }),
        };
        let page = gateway
            .services
            .provider_orders(caller)
            .list_order_log(call(request))
            .await;
        let page = page
            .map_err(|status| refused(ORDER_LOG, status))?
            .into_inner();
        lines.extend(page.log);
        page_token = page.next_page_token;
        if page_token.is_empty() || lines.len() >= limits::LEGACY_LOG {
            lines.truncate(limits::LEGACY_LOG);
            return Ok(lines);
        }
    }
}
