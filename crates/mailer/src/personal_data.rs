//! What a service that sends mail adds to its data map.

use privacy::{Category, Column, Link, OnErasure, Retention, RowErasure, Table};

const CATEGORY: &str = "mail";

/// The category of queued mails; put it among the service's categories.
pub const MAIL_CATEGORY: Category = Category {
    name: CATEGORY,
    title_sv: "Utskick",
    title_en: "Mails",
    purpose_sv: "Att skicka de meddelanden som följer av personens egna ärenden; adress och text töms när brevet är sänt",
    purpose_en: "Sending the messages that the person's own matters call for; address and text are emptied when sent",
    legal_basis: "art. 6(1)(b), or art. 6(1)(c) where the message is a duty",
    retention: Retention {
        period_days: 30,
        starts: "mail sent or given up",
    },
    recipients: &["the network's mail relay"],
    on_erasure: OnErasure::Erase,
};

/// The table of queued mails; put it among the service's tables.
pub const MAIL_TABLE: Table = Table {
    name: "mail",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("template"),
        Column::plain("language"),
        Column::sealed("recipient", CATEGORY, "recipient"),
        Column::sealed("content", CATEGORY, "text"),
        Column::plain("function_recipient"),
        Column::plain("function_content"),
        Column::plain("status"),
        Column::plain("attempts"),
        Column::plain("next_attempt_at"),
        Column::plain("lease_owner"),
        Column::plain("lease_until"),
        Column::plain("last_error"),
        Column::plain("created_at"),
        Column::plain("finished_at"),
    ],
};
