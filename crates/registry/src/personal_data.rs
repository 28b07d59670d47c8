//! What the registry holds of people, declared once: sealing, discovery, export, erasure and retention come from here.

use privacy::{Category, Column, DataMap, Link, OnErasure, Retention, RowErasure, Table};

use crate::store::{address_import, resident};

/// The resident of an access and what a file says beside it.
pub const RESIDENT: &str = "resident";
/// Rows that a file could not bring in.
pub const IMPORT_REPORT: &str = "import_report";

/// Every column of the registry.
pub static DATA_MAP: DataMap = DataMap {
    service: "registry",
    version: "1",
    categories: &[RESIDENT_CATEGORY, IMPORT_REPORT_CATEGORY],
    tables: &[ACCESS_TABLE, RESIDENT_TABLE, IMPORT_TABLE, REVISION_TABLE],
};

const RESIDENT_CATEGORY: Category = Category {
    name: RESIDENT,
    title_sv: "Boende",
    title_en: "Residents",
    purpose_sv: "Visa för nätets kundtjänst vem som bor vid ett kunduttag, vid frågor och felanmälan.",
    purpose_en: "Show the network's customer service who lives at an outlet, for enquiries and fault reports.",
    legal_basis: "art. 6(1)(f): the network's interest in serving those who live at its outlets",
    // Two full imports a month keep it fresh; what no import has confirmed for three years is stale.
    retention: Retention {
        period_days: 1_095,
        starts: "the import that named the resident",
    },
    recipients: &["the network's customer service"],
    on_erasure: OnErasure::Erase,
};

const IMPORT_REPORT_CATEGORY: Category = Category {
    name: IMPORT_REPORT,
    title_sv: "Avvisade importrader",
    title_en: "Rejected import rows",
    purpose_sv: "Låta nätet rätta rader i en adressfil som inte kunde läsas in.",
    purpose_en: "Let the network mend rows of an address file that could not be imported.",
    legal_basis: "art. 6(1)(f): the network's interest in a correct address file",
    retention: Retention {
        period_days: 90,
        starts: "the import",
    },
    recipients: &["the network's importers"],
    on_erasure: OnErasure::Erase,
};

const ACCESS_TABLE: Table = Table {
    name: "access",
    link: Link::None {
        why: "an address without the person who lives there; the resident is in a table of its own",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("access_id"),
        Column::plain("street_name"),
        Column::plain("street_number"),
        Column::plain("street_littera"),
        Column::plain("postal_code"),
        Column::plain("city"),
        Column::plain("country_code"),
        Column::plain("apartment_number"),
        Column::plain("distinguisher"),
        Column::plain("premises_type"),
        Column::plain("onapi_premises_type"),
        Column::plain("property_designation"),
        Column::plain("sweref_type"),
        Column::plain("sweref_north"),
        Column::plain("sweref_east"),
        Column::plain("state"),
        Column::plain("services"),
        Column::plain("content_hash"),
        Column::plain("changed_at"),
        Column::plain("ended_at"),
    ],
};

/// The whole row is about the person, so the whole row goes; the access stays (decision 18).
const RESIDENT_TABLE: Table = Table {
    name: resident::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::open("access_id", RESIDENT, "access_id"),
        Column::sealed(resident::NAME, RESIDENT, "name"),
        Column::sealed(resident::OTHER_COLUMNS, RESIDENT, "other_columns"),
        Column::open("mark", RESIDENT, "comparison_mark"),
    ],
};

const IMPORT_TABLE: Table = Table {
    name: address_import::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("mode"),
        Column::plain("outcome"),
        Column::plain("charset"),
        Column::plain("delimiter"),
        Column::plain("unknown_columns"),
        Column::plain("refusal"),
        Column::plain("dry_run"),
        Column::plain("row_count"),
        Column::plain("added"),
        Column::plain("changed"),
        Column::plain("unchanged"),
        Column::plain("ended"),
        Column::plain("rejected"),
        Column::plain("residents_suppressed"),
        Column::sealed(address_import::REJECTIONS, IMPORT_REPORT, "rejections"),
        Column::plain("received_at"),
    ],
};

const REVISION_TABLE: Table = Table {
    name: "network_revision",
    link: Link::None {
        why: "a counter per network",
    },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[Column::plain("network"), Column::plain("revision")],
};
