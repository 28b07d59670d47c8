//! Where providers' systems are called, and what they were sent.

use privacy::{Column, Link, RowErasure, Table};

pub(super) const WEBHOOK_ENDPOINT: Table = Table {
    name: "webhook_endpoint",
    link: Link::None {
        why: "where a company's system is told of events",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("name"),
        Column::plain("url"),
        Column::plain("kinds"),
        Column::plain("active"),
        Column::plain("disabled_reason"),
        Column::plain("disabled_at"),
        Column::plain("secret"),
        Column::plain("previous_secret"),
        Column::plain("previous_secret_until"),
        Column::plain("changed_at"),
    ],
};

pub(super) const WEBHOOK_DELIVERY: Table = Table {
    name: "webhook_delivery",
    link: Link::None {
        why: "that an order, a notice or a subscription has changed, by its id",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("position"),
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("endpoint_id"),
        Column::plain("kind"),
        Column::plain("object_id"),
        Column::plain("at"),
        Column::plain("state"),
        Column::plain("attempts"),
        Column::plain("begun_at"),
        Column::plain("next_attempt_at"),
        Column::plain("lease_owner"),
        Column::plain("lease_until"),
        Column::plain("last_status"),
        Column::plain("last_failure"),
        Column::plain("finished_at"),
    ],
};
