//! Orders, what belongs to them, and who was given them.

use privacy::{Column, Link, RowErasure, Table};

use super::{ACCEPTANCE, ORDER};
use crate::store::{disclosure, order, order_answer, order_form};

/// An access id is not personal by itself; beside a customer it is, and goes with the customer (decisions.md 19).
pub(super) const CUSTOMER_ORDER: Table = Table {
    name: order::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("command_id"),
        Column::plain("number"),
        Column::plain("provider_id"),
        Column::plain("offering_id"),
        Column::plain("offering_name"),
        Column::plain("service"),
        Column::plain("status"),
        Column::plain("placed_at"),
        Column::plain("changed_at"),
        Column::plain("change"),
        Column::open("access_id", ORDER, "access id"),
        Column::open("requested_date", ORDER, "requested date"),
        Column::sealed("customer_name", ORDER, "name"),
        Column::sealed("identity_number", ORDER, "identity number"),
        Column::sealed("email", ORDER, "e-mail"),
        Column::sealed("phone", ORDER, "phone"),
        Column::sealed("address", ORDER, "address"),
        Column::sealed("ordered", ORDER, "ordered"),
        Column::sealed("request_content", ORDER, "request as sent"),
        Column::plain("network_form_version"),
        Column::plain("provider_form_version"),
        Column::plain("remind_at"),
        Column::plain("reminders"),
        Column::plain("escalated_at"),
        Column::plain("fetched_after_s"),
        Column::plain("delivered_after_s"),
        Column::plain("price"),
    ],
};

/// An answer that is not personal by itself is the customer's while it lies beside the customer's order (as decisions.md 19
/// has it of an access): it is found, told and erased with the others. A purge rule ends an answer before the period of the
/// category, never after it.
pub(super) const ORDER_ANSWER: Table = Table {
    name: order_answer::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("scope"),
        Column::plain("field_key"),
        Column::plain("purge_days"),
        Column::plain("purge_at"),
        Column::sealed("question", ORDER, "question"),
        Column::sealed("answer", ORDER, "answer"),
        Column::sealed("value", ORDER, "answer as stored"),
        Column::open(
            "plain_value",
            ORDER,
            "answer as stored, not personal by itself",
        ),
    ],
};

pub(super) const ORDER_FORM: Table = Table {
    name: order_form::TABLE,
    link: Link::None {
        why: "what a network or a company asks",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("version"),
        Column::plain("is_current"),
        Column::plain("fields"),
        Column::plain("put_at"),
        Column::plain("put_by"),
    ],
};

pub(super) const ACCEPTANCE_TABLE: Table = Table {
    name: crate::store::acceptance::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::sealed("order_number", ACCEPTANCE, "order number"),
        Column::sealed("text_version", ACCEPTANCE, "text version"),
        Column::sealed("text_language", ACCEPTANCE, "text language"),
        Column::sealed("channel", ACCEPTANCE, "channel"),
        Column::sealed("accepted_at", ACCEPTANCE, "accepted at"),
    ],
};

pub(super) const ORDER_LOG: Table = Table {
    name: crate::store::order_log::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("at"),
        Column::plain("position"),
        Column::plain("kind"),
        Column::plain("actor"),
        Column::plain("text"),
        Column::sealed("message", ORDER, "message of the provider or the network"),
        Column::plain("provider_id"),
    ],
};

/// Who received an order outlives the order's customer: recipients are told, and a replay after a restore tells the same.
pub(super) const DISCLOSURE: Table = Table {
    name: disclosure::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("order_id"),
        Column::plain("provider_id"),
        Column::plain("caller_id"),
        Column::plain("at"),
        Column::plain("purpose_class"),
        Column::sealed("purpose", ORDER, "purpose of a disclosure"),
    ],
};

pub(super) const NOTICE: Table = Table {
    name: "notice",
    link: Link::None {
        why: "tells a provider about orders by their ids",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("request_id"),
        Column::plain("kind"),
        Column::plain("record_ids"),
        Column::plain("sent_at"),
        Column::plain("acknowledged_at"),
    ],
};

pub(super) const ORDER_COUNTER: Table = Table {
    name: "order_counter",
    link: Link::None { why: "a count" },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[Column::plain("network"), Column::plain("last_number")],
};

pub(super) const CATALOGUE_VERSION: Table = Table {
    name: "catalogue_version",
    link: Link::None { why: "a count" },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[Column::plain("network"), Column::plain("version")],
};

pub(super) const PROVIDER_FEED: Table = Table {
    name: "provider_feed",
    link: Link::None { why: "a count" },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("last_change"),
    ],
};
