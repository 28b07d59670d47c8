//! Between the wire's words and ours.

use api as pb;
use chrono::{DateTime, Utc};
use kernel::Violation;
use pb::orders::OrderStatus as Wire;
use uuid::Uuid;

use crate::app::disclose::Disclosed;
use crate::app::error::OrdersError;
use crate::app::follow_order::FollowedOrder;
use crate::app::get_order::LogLine;
use crate::app::place_order::PlacedOrder;
use crate::app::places::StoredAddress;
use crate::domain::acceptance::{AcceptanceText, Language};
use crate::domain::checkout::{CheckoutInput, ItemInput};
use crate::domain::customer::CustomerInput;
use crate::domain::log_text::{LogText, details};
use crate::domain::message_type::MessageType;
use crate::domain::order::Order;
use crate::domain::request::OrderInput;
use crate::domain::status::OrderStatus;
use crate::events::outgoing::timestamp;
use crate::store::notice;

use super::{catalogue, forms};

pub(super) fn text_out(text: AcceptanceText) -> pb::orders::AcceptanceText {
    pb::orders::AcceptanceText {
        version: text.version.to_owned(),
        language: text.language.code().to_owned(),
        text: text.text,
        information: text.information,
    }
}

pub(super) fn address_out(address: StoredAddress) -> pb::common::Address {
    pb::common::Address {
        street_name: address.street_name,
        street_number: address.street_number,
        street_littera: address.street_littera,
        postal_code: address.postal_code,
        city: address.city,
        country_code: address.country_code,
        apartment_number: address.apartment_number,
    }
}

pub(super) fn order_in(request: pb::orders::PlaceOrderRequest) -> OrderInput {
    let customer = request.customer.unwrap_or_default();
    OrderInput {
        command_id: request.command_id,
        place_handle: request.place_handle,
        offering_id: request.offering_id,
        customer: CustomerInput {
            name: customer.name,
            identity_number: customer.identity_number,
            email: customer.email,
            phone: customer.phone,
        },
        acceptance_version: request.acceptance_version,
        acceptance_language: request.acceptance_language,
        accepted: request.accepted,
        channel: request.channel,
        requested_date: request.requested_date,
        network_form_version: request.network_form_version,
        provider_form_version: request.provider_form_version,
        answers: forms::answers_in(request.answers),
        campaign_code: request.campaign_code,
        price_mark: request.price_mark,
    }
}

pub(super) fn checkout_in(request: pb::orders::PlaceOrdersRequest) -> CheckoutInput {
    let item = |item: pb::orders::OrderItem| ItemInput {
        offering_id: item.offering_id,
        provider_form_version: item.provider_form_version,
        answers: forms::answers_in(item.answers),
        campaign_code: item.campaign_code,
        price_mark: item.price_mark,
    };
    CheckoutInput {
        items: request.items.into_iter().map(item).collect(),
        common: order_in(pb::orders::PlaceOrderRequest {
            command_id: request.command_id,
            place_handle: request.place_handle,
            customer: request.customer,
            acceptance_version: request.acceptance_version,
            acceptance_language: request.acceptance_language,
            accepted: request.accepted,
            channel: request.channel,
            requested_date: request.requested_date,
            network_form_version: request.network_form_version,
            answers: request.answers,
            ..pb::orders::PlaceOrderRequest::default()
        }),
    }
}

/// The link to follow the order by is for the customer's own call alone.
pub(super) fn placed_out(placed: PlacedOrder, by_customer: bool) -> pb::orders::PlaceOrderResponse {
    pb::orders::PlaceOrderResponse {
        order_id: placed.id.to_string(),
        order_number: placed.number,
        follow_token: if by_customer {
            placed.follow_token
        } else {
            String::new()
        },
    }
}

pub(super) fn order_out(order: &Order) -> pb::orders::Order {
    let order = order.state();
    pb::orders::Order {
        order_id: order.id.to_string(),
        order_number: order.number.to_string(),
        provider_id: order.provider.to_string(),
        offering_id: order.offering_id.to_string(),
        offering_name: order.offering_name.clone(),
        service: order.service.clone(),
        access_id: order
            .access
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        status: status_out(order.status).into(),
        placed_at: Some(timestamp(order.placed_at)),
        changed_at: Some(timestamp(order.changed_at)),
        requested_date: order
            .requested_date
            .map(|day| day.to_string())
            .unwrap_or_default(),
        erased: order.erased,
        reminders: order.reminders,
        escalated_at: order.escalated_at.map(timestamp),
        price: order.price.as_ref().map(catalogue::kept_price_out),
    }
}

/// As the public sees it: access ids are not for them (decision 32), and how a provider does its work is not said.
pub(super) fn without_access(order: &Order) -> pb::orders::Order {
    pb::orders::Order {
        access_id: String::new(),
        reminders: 0,
        escalated_at: None,
        ..order_out(order)
    }
}

pub(super) fn followed_out(followed: FollowedOrder) -> pb::orders::FollowOrderResponse {
    let day = followed.withdraw_until.map(|day| day.to_string());
    pb::orders::FollowOrderResponse {
        order: Some(without_access(&followed.order)),
        provider_name: followed.provider_name,
        log: followed
            .states
            .into_iter()
            .map(|row| log_out(row.into()))
            .collect(),
        may_cancel: followed.may_cancel,
        withdraw_until: day.unwrap_or_default(),
    }
}

/// How a customer ends an order, and in which language it is confirmed.
pub(super) fn end_in(
    asked: &pb::orders::EndOrderRequest,
) -> Result<(OrderStatus, Language), OrdersError> {
    let Some(to @ (OrderStatus::Cancelled | OrderStatus::Withdrawn)) = status_in(asked.status)?
    else {
        let rule = "cancelled or withdrawn: a customer moves an order nowhere else";
        return Err(invalid("status", asked.status().as_str_name(), rule));
    };
    let language = Language::parse(&asked.language)
        .ok_or_else(|| invalid("language", &asked.language, "sv or en"))?;
    Ok((to, language))
}

/// From where and to where staff move an order.
pub(super) fn move_in(
    asked: &pb::orders::MoveOrderRequest,
) -> Result<(OrderStatus, OrderStatus), OrdersError> {
    let Some(to @ (OrderStatus::Cancelled | OrderStatus::Withdrawn)) = status_in(asked.status)?
    else {
        let rule = "cancelled or withdrawn: the network moves an order nowhere else";
        return Err(invalid("status", asked.status().as_str_name(), rule));
    };
    let expected = status_in(asked.expected)
        .ok()
        .flatten()
        .ok_or_else(|| OrdersError::invalid("expected", "the state that the order was seen in"))?;
    Ok((expected, to))
}

pub(super) fn status_out(status: OrderStatus) -> Wire {
    match status {
        OrderStatus::New => Wire::New,
        OrderStatus::Received => Wire::Received,
        OrderStatus::Active => Wire::Active,
        OrderStatus::Waiting => Wire::Waiting,
        OrderStatus::Delivered => Wire::Delivered,
        OrderStatus::Cancelled => Wire::Cancelled,
        OrderStatus::Withdrawn => Wire::Withdrawn,
    }
}

/// The state that a number means; none when it is unspecified.
pub(super) fn status_in(number: i32) -> Result<Option<OrderStatus>, OrdersError> {
    match Wire::try_from(number) {
        Ok(Wire::Unspecified) => Ok(None),
        Ok(wire) => Ok(OrderStatus::ALL
            .into_iter()
            .find(|status| status_out(*status) == wire)),
        Err(_) => Err(invalid(
            "status",
            &number.to_string(),
            "a state of an order",
        )),
    }
}

pub(super) fn disclosed_out(disclosed: Disclosed) -> pb::orders::GetPersonalDataResponse {
    pb::orders::GetPersonalDataResponse {
        customer: Some(pb::orders::Customer {
            name: disclosed.name,
            identity_number: disclosed.identity_number,
            email: disclosed.email,
            phone: disclosed.phone,
        }),
        distinguisher: disclosed.address.distinguisher.clone(),
        address: Some(address_out(disclosed.address)),
        acceptance_version: disclosed.acceptance_version,
        accepted_at: disclosed.accepted_at.map(timestamp),
        disclosure_id: disclosed.id.to_string(),
        answers: forms::given_out(disclosed.answers),
    }
}

/// Of a message the stored text is its type, which is told as a detail; what it says is the message itself.
pub(super) fn log_out(line: LogLine) -> pb::orders::OrderLogEntry {
    let LogLine { row, message } = line;
    let details = details(&row.kind, &row.text);
    let text = match message {
        Some(message) => message,
        None if row.kind == LogText::Message.kind() => String::new(),
        None => row.text,
    };
    pb::orders::OrderLogEntry {
        at: Some(timestamp(row.at)),
        details,
        kind: row.kind,
        actor: row.actor,
        text,
    }
}

/// The type that a number means.
pub(super) fn message_type_in(number: i32) -> Result<MessageType, OrdersError> {
    match pb::orders::MessageType::try_from(number) {
        Ok(pb::orders::MessageType::Error) => Ok(MessageType::Error),
        Ok(pb::orders::MessageType::Alert) => Ok(MessageType::Alert),
        Ok(pb::orders::MessageType::System) => Ok(MessageType::System),
        Ok(pb::orders::MessageType::Log) => Ok(MessageType::Log),
        Ok(pb::orders::MessageType::Unspecified) | Err(_) => {
            Err(invalid("type", &number.to_string(), "a type of a message"))
        }
    }
}

pub(super) fn notice_out(notice: notice::Model) -> pb::orders::Notice {
    pb::orders::Notice {
        notice_id: notice.id.to_string(),
        kind: notice.kind,
        order_ids: serde_json::from_str(&notice.record_ids).expect("we have written this list"),
        sent_at: Some(timestamp(notice.sent_at)),
        acknowledged_at: notice.acknowledged_at.map(timestamp),
    }
}

/// A time that must be there.
pub(super) fn time_in(
    field: &str,
    time: Option<prost_types::Timestamp>,
) -> Result<DateTime<Utc>, OrdersError> {
    let time = time
        .and_then(|time| DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?));
    time.ok_or_else(|| invalid(field, "", "a time"))
}

/// What a page goes on after, and how many rows are wanted.
pub(super) fn page_in(
    page: Option<pb::common::PageRequest>,
) -> Result<(Option<Uuid>, u64), OrdersError> {
    let page = page.unwrap_or_default();
    let after = match page.page_token.as_str() {
        "" => None,
        token => Some(Uuid::try_parse(token).map_err(|_| OrdersError::wrong_page_token())?),
    };
    Ok((after, page.page_size.into()))
}

pub(super) fn invalid(field: &str, value: &str, rule: &str) -> OrdersError {
    OrdersError::Invalid(vec![Violation::new(field, value, rule)])
}
