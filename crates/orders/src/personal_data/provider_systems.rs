//! Providers' systems that are called, and what became of it.

use privacy::{Column, Link, RowErasure, Table};

use super::ORDER;
use crate::store::contact_request;

pub(super) const PROVIDER_SYSTEM: Table = Table {
    name: "provider_system",
    link: Link::None {
        why: "where a company's system is called",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("version"),
        Column::plain("base_url"),
        Column::plain("api_version"),
        Column::plain("functions"),
        Column::plain("credential"),
        Column::plain("portal_url"),
        Column::plain("portal_operator"),
        Column::plain("portal_key"),
        Column::plain("changed_at"),
        Column::plain("changed_by"),
    ],
};

/// What a provider was given lies in `disclosure`; what its system said of it, in the order's log.
pub(super) const HANDOVER: Table = Table {
    name: "handover",
    link: Link::None {
        why: "that an order was handed over, by its id",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("kind"),
        Column::plain("order_id"),
        Column::plain("technical_order_id"),
        Column::plain("product_id"),
        Column::plain("offering_id"),
        Column::plain("state"),
        Column::plain("attempts"),
        Column::plain("begun_at"),
        Column::plain("next_attempt_at"),
        Column::plain("lease_owner"),
        Column::plain("lease_until"),
        Column::plain("disclosed_at"),
        Column::plain("last_status"),
        Column::plain("last_failure"),
        Column::plain("finished_at"),
    ],
};

pub(super) const PRODUCT_PULL: Table = Table {
    name: "product_pull",
    link: Link::None {
        why: "what a company sells, and when it was asked",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("next_at"),
        Column::plain("lease_owner"),
        Column::plain("lease_until"),
        Column::plain("tried_at"),
        Column::plain("succeeded_at"),
        Column::plain("taken_at"),
        Column::plain("failing_since"),
        Column::plain("told"),
        Column::plain("last_status"),
        Column::plain("last_failure"),
        Column::plain("last_modified"),
        Column::plain("report"),
    ],
};

pub(super) const CONTACT_REQUEST: Table = Table {
    name: contact_request::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("provider_id"),
        Column::plain("caller_id"),
        Column::plain("at"),
        Column::plain("outcome"),
        Column::sealed(
            "sp_reference",
            ORDER,
            "provider's reference, contacts asked for",
        ),
        Column::sealed("reason", ORDER, "why contacts were asked for"),
    ],
};
