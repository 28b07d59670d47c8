//! Providers' technical orders at the network, and what comes of them.

use privacy::{Column, Link, RowErasure, Table};

use super::ORDER;
use crate::store::{subscription, technical_order};

/// The provider's technical order at the network: the customer's, where it delivers an order of theirs. The provider's ids are
/// in the clear because they are looked at in every list, and no identity number is taken for one.
pub(super) const TECHNICAL_ORDER: Table = Table {
    name: technical_order::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("subject_id"),
        Column::plain("customer_order_id"),
        Column::plain("operation"),
        Column::plain("service"),
        Column::plain("service_type"),
        Column::plain("subscription_id"),
        Column::plain("forced_takeover"),
        Column::plain("state"),
        Column::plain("requested_at"),
        Column::plain("created_at"),
        Column::plain("changed_at"),
        Column::plain("version"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("sp_reference", ORDER, "reference of the provider"),
        Column::open("sp_subscription_id", ORDER, "subscription of the provider"),
        Column::sealed("external_note", ORDER, "note"),
        Column::sealed("characteristics", ORDER, "addresses on the net"),
        Column::sealed("equipment", ORDER, "equipment"),
        Column::sealed("message", ORDER, "message of the network"),
        Column::plain("by_network"),
    ],
};

pub(super) const SUBSCRIPTION: Table = Table {
    name: subscription::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("subject_id"),
        Column::plain("customer_order_id"),
        Column::plain("service"),
        Column::plain("service_type"),
        Column::plain("state"),
        Column::plain("connection_date"),
        Column::plain("disconnection_date"),
        Column::plain("changed_at"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("sp_reference", ORDER, "reference of the provider"),
        Column::open("sp_subscription_id", ORDER, "subscription of the provider"),
        Column::sealed("characteristics", ORDER, "addresses on the net"),
        Column::sealed("equipment", ORDER, "equipment"),
    ],
};

/// What a port carries is not who lives there (decisions.md 19): it stays while the service works, and the subscription that
/// it leads to names nobody once its customer is erased.
pub(super) const SERVICE_CLAIM: Table = Table {
    name: "service_claim",
    link: Link::None {
        why: "which provider's service a port carries",
    },
    network: "network",
    id: "access_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("access_id"),
        Column::plain("service_type"),
        Column::plain("provider_id"),
        Column::plain("service"),
        Column::plain("order_id"),
        Column::plain("subscription_id"),
    ],
};

pub(super) const TECHNICAL_EVENT: Table = Table {
    name: "technical_event",
    link: Link::None {
        why: "that an order or a subscription has changed, by its id",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("position"),
        Column::plain("at"),
        Column::plain("object_type"),
        Column::plain("object_id"),
        Column::plain("kind"),
        Column::plain("state"),
    ],
};

pub(super) const TECHNICAL_FEED: Table = Table {
    name: "technical_feed",
    link: Link::None { why: "a count" },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("last_position"),
    ],
};
