//! What this service tells: ids only, never an identifier of a person. Rights messages are signed.

use api as pb;
use chrono::{DateTime, Utc};
use messaging::Outgoing;
use prost_types::Timestamp;
use service_kit::identity::Identity;

use crate::domain::order::OrderState;
use crate::store::{disclosure, notice};

/// An order was placed.
pub const ORDER_PLACED: &str = "orders.order.placed.v1";
/// An order's state changed.
pub const STATUS_CHANGED: &str = "orders.order.status_changed.v1";
/// A provider fetched personal data; signed.
pub const DISCLOSURE_RECORDED: &str = "orders.disclosure.recorded.v1";
/// A provider acted on a notice; signed.
pub const NOTICE_ACKNOWLEDGED: &str = "orders.notice.acknowledged.v1";

/// [`ORDER_PLACED`].
pub fn order_placed(order: &OrderState) -> Outgoing {
    let message = pb::events::OrderPlaced {
        order_id: order.id.to_string(),
        order_number: order.number.to_string(),
        network: order.network.to_string(),
        provider_id: order.provider.to_string(),
        access_id: order
            .access
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        service: order.service.clone(),
        placed_at: Some(timestamp(order.placed_at)),
    };
    Outgoing::new(ORDER_PLACED, order.id, &order.network, &message).for_anybody()
}

/// [`STATUS_CHANGED`].
pub fn status_changed(order: &OrderState) -> Outgoing {
    let message = pb::events::OrderStatusChanged {
        order_id: order.id.to_string(),
        network: order.network.to_string(),
        provider_id: order.provider.to_string(),
        status: order.status.as_str().to_owned(),
        at: Some(timestamp(order.changed_at)),
    };
    Outgoing::new(STATUS_CHANGED, order.id, &order.network, &message).for_anybody()
}

/// [`DISCLOSURE_RECORDED`]. The purpose is its class: the provider's own words stay here, sealed.
pub fn disclosure_recorded(identity: &Identity, disclosure: &disclosure::Model) -> Outgoing {
    let message = pb::privacy::DisclosureRecorded {
        disclosure_id: disclosure.id.to_string(),
        network: disclosure.network.clone(),
        holder: crate::SERVICE.to_owned(),
        recipient: format!("provider:{}", disclosure.provider_id),
        record_id: disclosure.order_id.to_string(),
        at: Some(timestamp(disclosure.at)),
        purpose: disclosure.purpose_class.clone(),
    };
    let signed = identity.sign_event(DISCLOSURE_RECORDED, &message);
    Outgoing::new(
        DISCLOSURE_RECORDED,
        disclosure.order_id,
        &disclosure.network,
        &signed,
    )
}

/// [`NOTICE_ACKNOWLEDGED`].
pub fn notice_acknowledged(
    identity: &Identity,
    notice: &notice::Model,
    at: DateTime<Utc>,
) -> Outgoing {
    let message = pb::privacy::NoticeAcknowledged {
        notice_id: notice.id.to_string(),
        request_id: notice.request_id.to_string(),
        recipient: format!("provider:{}", notice.provider_id),
        acknowledged_at: Some(timestamp(at)),
    };
    let signed = identity.sign_event(NOTICE_ACKNOWLEDGED, &message);
    Outgoing::new(NOTICE_ACKNOWLEDGED, notice.id, &notice.network, &signed)
}

/// A moment on the wire.
pub(crate) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: at.timestamp_subsec_nanos().cast_signed(),
    }
}
