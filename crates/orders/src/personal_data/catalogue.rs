//! Providers, what they sell, and how often each was shown.

use privacy::{Column, Link, RowErasure, Table};

pub(super) const PROVIDER: Table = Table {
    name: "provider",
    link: Link::None {
        why: "a company, with a function address",
    },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("name"),
        Column::plain("order_email"),
        Column::plain("privacy_url"),
        Column::plain("phone"),
        Column::plain("opening_hours"),
        Column::plain("website"),
        Column::plain("presentation"),
        Column::plain("changed_at"),
    ],
};

pub(super) const OFFERING: Table = Table {
    name: "offering",
    link: Link::None {
        why: "what a company sells",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("service"),
        Column::plain("name"),
        Column::plain("description"),
        Column::plain("monthly_price_ore"),
        Column::plain("start_price_ore"),
        Column::plain("commitment_months"),
        Column::plain("changed_at"),
        Column::plain("product_name"),
        Column::plain("categories"),
        Column::plain("down_mbps"),
        Column::plain("up_mbps"),
        Column::plain("consumer_types"),
        Column::plain("price_groups"),
        Column::plain("price_period_months"),
        Column::plain("notice_months"),
        Column::plain("delivery"),
        Column::plain("external_product_id"),
        Column::plain("external_offering_id"),
        Column::plain("documents"),
        Column::plain("valid_from"),
        Column::plain("valid_until"),
        Column::plain("draft"),
        Column::plain("campaigns"),
        Column::plain("ended_at"),
        Column::plain("source"),
        Column::plain("code_required"),
    ],
};

pub(super) const OFFER_SHOWING: Table = Table {
    name: "offer_showing",
    link: Link::None {
        why: "counts of companies on a day, without who looked or where",
    },
    network: "network",
    id: "provider_id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("day"),
        Column::plain("provider_id"),
        Column::plain("position"),
        Column::plain("providers"),
        Column::plain("times"),
    ],
};
