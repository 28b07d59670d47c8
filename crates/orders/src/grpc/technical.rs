//! Technical orders and subscriptions, between the wire's words and ours.

use api as pb;
use chrono::{DateTime, Utc};
use pb::orders::create_technical_order_response::Outcome;
use pb::orders::{TechnicalEventKind, TechnicalOperation, TechnicalOrderState};
use uuid::Uuid;

use super::translate::invalid;
use crate::app::error::OrdersError;
use crate::app::technical::create::Requested;
use crate::app::technical::events::{EventKind, EventsAsked, ToldEvent, ToldEvents};
use crate::app::technical::list::{OrdersAsked, SubscriptionsAsked, TechnicalPage};
use crate::app::technical::moving::WantedMove;
use crate::app::technical::reading::{OpenedOrder, OpenedSubscription};
use crate::domain::technical::operation::Operation;
use crate::domain::technical::request::{Characteristics, Equipment, TechnicalInput};
use crate::domain::technical::service::TechnicalRules;
use crate::domain::technical::state::TechnicalState;
use crate::domain::technical::subscription::SubscriptionState;
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};
use crate::events::outgoing::timestamp;
use crate::store::subscription;

pub(super) fn order_id(text: &str) -> Result<TechnicalOrderId, OrdersError> {
    // What cannot be an id is no order either.
    TechnicalOrderId::parse(text).map_err(|_| OrdersError::TechnicalOrderNotFound)
}

pub(super) fn input_in(
    asked: Option<pb::orders::TechnicalOrderInput>,
) -> Result<TechnicalInput, OrdersError> {
    let asked = asked.unwrap_or_default();
    let requested_at = asked
        .requested_at
        .map(|at| super::translate::time_in("requestedDateTime", Some(at)))
        .transpose()?;
    Ok(TechnicalInput {
        operation: operation_in(asked.operation()),
        access_id: asked.access_id,
        service: asked.service,
        subscription_id: asked.subscription_id,
        sp_reference: asked.sp_reference,
        sp_subscription_id: asked.sp_subscription_id,
        requested_at,
        external_note: asked.external_note,
        forced_takeover: asked.forced_takeover,
        characteristics: asked.characteristics.map(|of| Characteristics {
            fixed_ip: of.fixed_ip,
            ip_addresses: of.ip_addresses,
            sla: of.sla,
        }),
        equipment: asked.equipment.into_iter().map(device_in).collect(),
        by_network: false,
    })
}

fn device_in(device: pb::orders::TechnicalEquipment) -> Equipment {
    Equipment {
        vendor_id: device.vendor_id,
        mac_address: device.mac_address,
    }
}

fn device_out(device: Equipment) -> pb::orders::TechnicalEquipment {
    pb::orders::TechnicalEquipment {
        vendor_id: device.vendor_id,
        mac_address: device.mac_address,
    }
}

fn characteristics_out(of: Characteristics) -> pb::orders::TechnicalCharacteristics {
    pb::orders::TechnicalCharacteristics {
        fixed_ip: of.fixed_ip,
        ip_addresses: of.ip_addresses,
        sla: of.sla,
    }
}

fn operation_in(wire: TechnicalOperation) -> Option<Operation> {
    Operation::ALL
        .into_iter()
        .find(|operation| operation_out(*operation) == wire)
}

fn operation_out(operation: Operation) -> TechnicalOperation {
    match operation {
        Operation::Activate => TechnicalOperation::Activate,
        Operation::Deactivate => TechnicalOperation::Deactivate,
        Operation::Suspend => TechnicalOperation::Suspend,
        Operation::Resume => TechnicalOperation::Resume,
        Operation::Modify => TechnicalOperation::Modify,
        Operation::Change => TechnicalOperation::Change,
    }
}

/// Who is deleted is told to nobody.
fn state_out(state: TechnicalState) -> TechnicalOrderState {
    match state {
        TechnicalState::Received => TechnicalOrderState::Received,
        TechnicalState::InProgress => TechnicalOrderState::InProgress,
        TechnicalState::DoneSuccess => TechnicalOrderState::DoneSuccess,
        TechnicalState::DoneFailed => TechnicalOrderState::DoneFailed,
        TechnicalState::Deleted => TechnicalOrderState::Unspecified,
    }
}

pub(super) fn state_in(number: i32) -> Result<Option<TechnicalState>, OrdersError> {
    match TechnicalOrderState::try_from(number) {
        Ok(TechnicalOrderState::Unspecified) => Ok(None),
        Ok(wire) => Ok(TechnicalState::ALL
            .into_iter()
            .find(|state| state_out(*state) == wire)),
        Err(_) => Err(invalid("state", "", "a state of a technical order")),
    }
}

pub(super) fn move_in(
    asked: &pb::orders::MoveTechnicalOrderRequest,
) -> Result<WantedMove, OrdersError> {
    let to = state_in(asked.state)?;
    Ok(WantedMove {
        to: to.ok_or_else(|| invalid("state", "", "a state of a technical order"))?,
        message: asked.message.clone(),
        seen: Some(asked.version).filter(|version| *version != 0),
    })
}

pub(super) fn requested_out(
    requested: Requested,
) -> Result<pb::orders::CreateTechnicalOrderResponse, OrdersError> {
    let outcome = match requested {
        Requested::Created(order) => Outcome::Created(order_out(*order)?),
        Requested::Existing(order) => Outcome::Existing(order_out(*order)?),
        Requested::NothingToDo {
            operation,
            access,
            service,
        } => Outcome::NothingToDo(pb::orders::TechnicalOrderInput {
            operation: operation_out(operation).into(),
            access_id: access.unwrap_or_default(),
            service,
            ..pb::orders::TechnicalOrderInput::default()
        }),
    };
    Ok(pb::orders::CreateTechnicalOrderResponse {
        outcome: Some(outcome),
    })
}

fn id_out(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

pub(super) fn order_out(order: OpenedOrder) -> Result<pb::orders::TechnicalOrder, OrdersError> {
    let OpenedOrder {
        row,
        external_note,
        characteristics,
        equipment,
        message,
    } = order;
    let (operation, state) = (operation_out(row.operation()?), state_out(row.state()?));
    let asked = pb::orders::TechnicalOrderInput {
        operation: operation.into(),
        access_id: row.access_id.unwrap_or_default(),
        service: row.service,
        subscription_id: id_out(row.subscription_id),
        sp_reference: row.sp_reference.unwrap_or_default(),
        sp_subscription_id: row.sp_subscription_id.unwrap_or_default(),
        requested_at: row.requested_at.map(timestamp),
        external_note: external_note.unwrap_or_default(),
        forced_takeover: row.forced_takeover,
        characteristics: characteristics.map(characteristics_out),
        equipment: equipment.into_iter().map(device_out).collect(),
    };
    Ok(pb::orders::TechnicalOrder {
        order_id: row.id.to_string(),
        provider_id: row.provider_id,
        asked: Some(asked),
        state: state.into(),
        message: message.unwrap_or_default(),
        created_at: Some(timestamp(row.created_at)),
        changed_at: Some(timestamp(row.changed_at)),
        version: row.version,
        customer_order_id: id_out(row.customer_order_id),
    })
}

/// As staff see it: what names a person stays out.
pub(super) fn network_order_out(
    order: OpenedOrder,
) -> Result<pb::orders::TechnicalOrder, OrdersError> {
    let mut order = order_out(order)?;
    if let Some(asked) = &mut order.asked {
        asked.sp_reference.clear();
        asked.sp_subscription_id.clear();
    }
    Ok(order)
}

pub(super) fn orders_asked(
    access: &str,
    state: i32,
    page: Option<pb::common::PageRequest>,
) -> Result<OrdersAsked, OrdersError> {
    let (after, size) = super::translate::page_in(page)?;
    Ok(OrdersAsked {
        access: access_in(access)?,
        state: state_in(state)?,
        after: after.map(TechnicalOrderId::from_uuid),
        size,
    })
}

pub(super) fn subscriptions_asked(
    asked: pb::orders::ListSubscriptionsRequest,
) -> Result<SubscriptionsAsked, OrdersError> {
    let (after, size) = super::translate::page_in(asked.page)?;
    Ok(SubscriptionsAsked {
        access: access_in(&asked.access_id)?,
        changed_since: since_in(asked.changed_since)?,
        after: after.map(SubscriptionId::from_uuid),
        size,
    })
}

pub(super) fn events_asked(
    asked: &pb::orders::ListTechnicalEventsRequest,
) -> Result<EventsAsked, OrdersError> {
    let after = match asked.after_event_id.as_str() {
        "" => None,
        text => Some(
            Uuid::try_parse(text).map_err(|_| invalid("since", "", "the id of an own event"))?,
        ),
    };
    Ok(EventsAsked {
        since: since_in(asked.since)?,
        after,
        order_states_only: asked.order_states_only,
        size: asked.size.into(),
    })
}

fn since_in(time: Option<prost_types::Timestamp>) -> Result<Option<DateTime<Utc>>, OrdersError> {
    time.map(|at| super::translate::time_in("since", Some(at)))
        .transpose()
}

fn access_in(text: &str) -> Result<Option<kernel::AccessId>, OrdersError> {
    match text {
        "" => Ok(None),
        text => kernel::AccessId::parse(text)
            .map(Some)
            .map_err(|error| invalid("accessId", "", error.rule)),
    }
}

pub(super) fn orders_out(
    page: TechnicalPage<OpenedOrder, TechnicalOrderId>,
) -> Result<pb::orders::ListTechnicalOrdersResponse, OrdersError> {
    let orders = page.items.into_iter().map(order_out);
    Ok(pb::orders::ListTechnicalOrdersResponse {
        orders: orders.collect::<Result<_, _>>()?,
        next_page_token: page.next_after.map(|id| id.to_string()).unwrap_or_default(),
    })
}

pub(super) fn network_orders_out(
    page: TechnicalPage<OpenedOrder, TechnicalOrderId>,
) -> Result<pb::orders::ListNetworkTechnicalOrdersResponse, OrdersError> {
    let orders = page.items.into_iter().map(network_order_out);
    Ok(pb::orders::ListNetworkTechnicalOrdersResponse {
        orders: orders.collect::<Result<_, _>>()?,
        next_page_token: page.next_after.map(|id| id.to_string()).unwrap_or_default(),
    })
}

pub(super) fn subscriptions_out(
    page: TechnicalPage<OpenedSubscription, SubscriptionId>,
) -> Result<pb::orders::ListSubscriptionsResponse, OrdersError> {
    let subscriptions = page.items.into_iter().map(subscription_out);
    Ok(pb::orders::ListSubscriptionsResponse {
        subscriptions: subscriptions.collect::<Result<_, _>>()?,
        next_page_token: page.next_after.map(|id| id.to_string()).unwrap_or_default(),
        complete_before: Some(timestamp(page.complete_before)),
    })
}

fn subscription_out(opened: OpenedSubscription) -> Result<pb::orders::Subscription, OrdersError> {
    let OpenedSubscription {
        row,
        characteristics,
        equipment,
    } = opened;
    let suspended = row.state()? == SubscriptionState::Suspended;
    let subscription::Model { id, .. } = row;
    Ok(pb::orders::Subscription {
        subscription_id: id.to_string(),
        access_id: row.access_id.unwrap_or_default(),
        service: row.service,
        service_type: row.service_type,
        suspended,
        connection_date: row.connection_date,
        disconnection_date: row.disconnection_date.unwrap_or_default(),
        sp_reference: row.sp_reference.unwrap_or_default(),
        sp_subscription_id: row.sp_subscription_id.unwrap_or_default(),
        characteristics: characteristics.map(characteristics_out),
        equipment: equipment.into_iter().map(device_out).collect(),
        changed_at: Some(timestamp(row.changed_at)),
    })
}

pub(super) fn events_out(
    told: ToldEvents,
) -> Result<pb::orders::ListTechnicalEventsResponse, OrdersError> {
    Ok(pb::orders::ListTechnicalEventsResponse {
        events: told
            .events
            .into_iter()
            .map(event_out)
            .collect::<Result<_, _>>()?,
        more: told.more,
        complete_before: Some(timestamp(told.complete_before)),
    })
}

fn event_out(event: ToldEvent) -> Result<pb::orders::TechnicalEvent, OrdersError> {
    let kind = match event.kind {
        EventKind::Created => TechnicalEventKind::Created,
        EventKind::Updated => TechnicalEventKind::Updated,
        EventKind::Deleted => TechnicalEventKind::Deleted,
    };
    let state = event.row.state.as_deref().and_then(TechnicalState::parse);
    let mut wire = pb::orders::TechnicalEvent {
        event_id: event.row.id.to_string(),
        kind: kind.into(),
        access_id: event.access.unwrap_or_default(),
        at: Some(timestamp(event.row.at)),
        state: state
            .map_or(TechnicalOrderState::Unspecified, state_out)
            .into(),
        ..pb::orders::TechnicalEvent::default()
    };
    match event.order {
        Some(order) => {
            wire.order_id = order.row.id.to_string();
            wire.operation = operation_out(order.row.operation()?).into();
            wire.service = order.row.service;
            let failed = state == Some(TechnicalState::DoneFailed);
            wire.message = order.message.filter(|_| failed).unwrap_or_default();
        }
        None => wire.subscription_id = event.row.object_id.to_string(),
    }
    Ok(wire)
}

pub(super) fn services_out(rules: TechnicalRules) -> pb::orders::ListTechnicalServicesResponse {
    let service = |(service, rule): (String, crate::domain::technical::service::ServiceRule)| {
        pb::orders::TechnicalService {
            service,
            service_type: rule.service_type,
            forced_takeover_possible: rule.forced_takeover,
        }
    };
    pb::orders::ListTechnicalServicesResponse {
        services: rules.services.into_iter().map(service).collect(),
    }
}
