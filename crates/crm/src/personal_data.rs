//! Which personal data the CRM holds, why, for how long.

use mailer::{MAIL_CATEGORY, MAIL_TABLE, NETWORK_NAME_TABLE};
use privacy::{Category, Column, DataMap, Link, OnErasure, Retention, RowErasure, Table};

use crate::store::{confirmation, contact};

/// The category of the contact itself.
pub const CONTACT: &str = "contact";
/// The category of the evidence of consent.
pub const CONSENT: &str = "consent";

/// Every category of the service: what goes when a contact is removed.
pub const CATEGORIES: [&str; 3] = [CONTACT, CONSENT, MAIL_CATEGORY.name];

/// The declaration.
pub static DATA_MAP: DataMap = DataMap {
    service: crate::SERVICE,
    version: "1",
    categories: &[
        Category {
            name: CONTACT,
            title_sv: "Kontakter",
            title_en: "Contacts",
            purpose_sv: "Att nätet ska kunna hålla kontakt med personen och skicka nyhetsbrev till den som har bett om det",
            purpose_en: "Staying in touch with the person, and sending newsletters to those who have asked for them",
            legal_basis: "art. 6(1)(a), consent given through a mailed link; before that, art. 6(1)(f) for asking once",
            retention: Retention {
                period_days: 1_826,
                starts: "latest communication; unconfirmed: removed after 14 days",
            },
            recipients: &[],
            on_erasure: OnErasure::Erase,
        },
        Category {
            name: CONSENT,
            title_sv: "Samtycken",
            title_en: "Consents",
            purpose_sv: "Att kunna visa att samtycke har lämnats: textens version, tid, kanal",
            purpose_en: "Being able to show that consent was given: version of the text, time, channel",
            legal_basis: "art. 6(1)(c) with art. 7(1)",
            retention: Retention {
                period_days: 1_826,
                starts: "as long as the contact",
            },
            recipients: &[],
            on_erasure: OnErasure::Erase,
        },
        MAIL_CATEGORY,
    ],
    tables: &[
        CONTACT_TABLE,
        CONFIRMATION_TABLE,
        MAIL_TABLE,
        NETWORK_NAME_TABLE,
    ],
};

const CONTACT_TABLE: Table = Table {
    name: contact::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("state"),
        Column::open("source", CONTACT, "source"),
        Column::open("language", CONTACT, "language"),
        Column::open("newsletter", CONTACT, "newsletter"),
        Column::sealed("name", CONTACT, "name"),
        Column::sealed("email", CONTACT, "email"),
        Column::sealed("phone", CONTACT, "phone"),
        Column::sealed("company", CONTACT, "company"),
        Column::sealed("title", CONTACT, "title"),
        Column::plain("reminders"),
        Column::open("created_at", CONTACT, "created_at"),
        Column::open("confirmed_at", CONTACT, "confirmed_at"),
        Column::plain("next_step_at"),
    ],
};

const CONFIRMATION_TABLE: Table = Table {
    name: confirmation::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("contact_id"),
        Column::plain("token_hash"),
        Column::open("text_version", CONSENT, "text_version"),
        Column::open("language", CONSENT, "text_language"),
        Column::open("channel", CONSENT, "channel"),
        Column::open("created_at", CONSENT, "asked_at"),
        Column::plain("expires_at"),
        Column::open("used_at", CONSENT, "given_at"),
    ],
};
