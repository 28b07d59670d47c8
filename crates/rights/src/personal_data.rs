//! What the rights service itself holds of a person: its cases.
//!
//! What outlives an erasure names nobody: the certificate holds a commitment, and the nonce that opens it is derived from
//! a secret outside the database, never stored.

use privacy::{Category, Column, DataMap, Link, OnErasure, Retention, RowErasure, Table};

/// The declaration.
pub static DATA_MAP: DataMap = DataMap {
    service: "rights",
    version: "1",
    categories: CATEGORIES,
    tables: TABLES,
};

const CATEGORIES: &[Category] = &[
    Category {
        name: "search_keys",
        title_sv: "Sökuppgifter",
        title_en: "Search details",
        purpose_sv: "Hitta dina uppgifter hos våra tjänster när du utövar dina rättigheter",
        purpose_en: "Find your data in our services when you exercise your rights",
        legal_basis: "art. 6(1)(c), art. 12",
        retention: Retention {
            period_days: 1_095,
            starts: "request finished",
        },
        recipients: &["the services that hold personal data"],
        on_erasure: OnErasure::Erase,
    },
    Category {
        name: "case",
        title_sv: "Dataskyddsärenden",
        title_en: "Data-subject requests",
        purpose_sv: "Handlägga din begäran: hur din identitet kontrollerades och vad som antecknades",
        purpose_en: "Handle your request: how your identity was checked and what was noted",
        legal_basis: "art. 6(1)(c), art. 12(6)",
        retention: Retention {
            period_days: 1_095,
            starts: "request finished",
        },
        recipients: &[],
        on_erasure: OnErasure::Erase,
    },
    Category {
        name: "package",
        title_sv: "Registerutdrag",
        title_en: "Copies of data",
        purpose_sv: "Lämna ut det registerutdrag som du har begärt",
        purpose_en: "Hand out the copy of your data that you asked for",
        legal_basis: "art. 6(1)(c), art. 15",
        retention: Retention {
            period_days: 30,
            starts: "request finished",
        },
        recipients: &["the person"],
        on_erasure: OnErasure::Erase,
    },
    mailer::MAIL_CATEGORY,
];

/// A table without personal data, and why.
macro_rules! plain {
    ($name:literal, $network:literal, $why:literal, [$($column:literal),* $(,)?]) => {
        Table {
            name: $name,
            link: Link::None { why: $why },
            network: $network,
            id: "id",
            on_erase: RowErasure::Delete,
            columns: &[Column::plain("id"), $(Column::plain($column)),*],
        }
    };
}

const TABLES: &[Table] = &[
    REQUEST,
    EXPORT_PART,
    plain!(
        "part",
        "network",
        "counts per category, and a handle that only its holder can read",
        [
            "network",
            "request_id",
            "holder",
            "state",
            "round",
            "ledger_entry",
            "asked",
            "asked_at",
            "found",
            "decisions",
            "replay_handle",
            "answer",
            "answer_identity",
            "answer_signature",
            "differences",
            "residual",
            "answered_at",
            "void_since"
        ]
    ),
    plain!(
        "holder",
        "",
        "services, not persons",
        [
            "name",
            "version",
            "data_map",
            "position",
            "announced",
            "announced_at",
            "seen_at",
            "retired_at",
            "retired_by",
            "retired_why",
            "retired_entry"
        ]
    ),
    plain!(
        "recipient_notice",
        "network",
        "names a provider and record ids",
        [
            "network",
            "request_id",
            "recipient",
            "record_ids",
            "told_at",
            "acknowledged_at"
        ]
    ),
    plain!(
        "disclosure",
        "network",
        "names a provider and a record id",
        [
            "network",
            "holder",
            "recipient",
            "record_id",
            "at",
            "purpose"
        ]
    ),
    plain!(
        "answer",
        "network",
        "fingerprints of signed answers",
        [
            "network",
            "request_id",
            "holder",
            "kind",
            "fingerprint",
            "effect",
            "received_at"
        ]
    ),
    plain!(
        "certificate",
        "network",
        "a commitment and coarse counts; the nonce is not stored",
        ["network", "request_id", "document", "hash", "issued_at"]
    ),
    plain!(
        "amendment",
        "network",
        "names a provider",
        ["network", "request_id", "number", "document", "at"]
    ),
    mailer::MAIL_TABLE,
];

const REQUEST: Table = Table {
    name: "request",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("package_subject"),
        Column::plain("kind"),
        Column::plain("state"),
        Column::plain("round"),
        Column::plain("found_round"),
        Column::plain("set_closed"),
        Column::plain("closing"),
        Column::open("identity_proof", "case", "identity_proof"),
        Column::plain("language"),
        Column::sealed("search_keys", "search_keys", "search_keys"),
        Column::sealed("note", "case", "note"),
        Column::sealed("refusal_reason", "case", "refusal_reason"),
        Column::plain("commitment"),
        Column::plain("commitment_over"),
        Column::plain("opened_by"),
        Column::plain("received_at"),
        Column::plain("deadline_at"),
        Column::plain("decided_by"),
        Column::plain("decided_at"),
        Column::plain("approved_by"),
        Column::plain("approved_at"),
        Column::plain("proven_at"),
        Column::plain("completed_at"),
        Column::plain("ledger_entry"),
        Column::plain("check_at"),
    ],
};

const EXPORT_PART: Table = Table {
    name: "export_part",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("request_id"),
        Column::plain("holder"),
        Column::plain("number"),
        Column::plain("bytes"),
        Column::sealed("content", "package", "content"),
    ],
};
