//! What the registry holds of people, declared once: sealing, discovery, export, erasure and retention come from here.

use privacy::{Category, Column, DataMap, Link, Named, OnErasure, Retention, RowErasure, Table};

use crate::store::{
    address_import, address_pull, disclosure, market_contract, market_extract, rejected, resident,
    session_post, staged, staged_session,
};

/// The resident of an access and what a file says beside it.
pub const RESIDENT: &str = "resident";
/// Rows that a file could not bring in.
pub const IMPORT_REPORT: &str = "import_report";
/// Rows that wait for a decision.
pub const IMPORT_STAGING: &str = "import_staging";

/// Every column of the registry.
pub static DATA_MAP: DataMap = DataMap {
    service: "registry",
    version: "7",
    categories: &[
        RESIDENT_CATEGORY,
        IMPORT_REPORT_CATEGORY,
        IMPORT_STAGING_CATEGORY,
    ],
    tables: &[
        ACCESS_TABLE,
        HISTORY_TABLE,
        RESIDENT_TABLE,
        IMPORT_TABLE,
        STAGED_TABLE,
        SESSION_TABLE,
        POST_TABLE,
        REJECTED_TABLE,
        REVISION_TABLE,
        TURN_TABLE,
        CONTRACT_TABLE,
        EXTRACT_TABLE,
        DISCLOSURE_TABLE,
        PULL_TABLE,
    ],
};

const RESIDENT_CATEGORY: Category = Category {
    name: RESIDENT,
    title_sv: "Boende och fastighetsägare",
    title_en: "Residents and property owners",
    purpose_sv: "Visa för nätets kundtjänst vem som bor vid ett kunduttag eller äger fastigheten, vid frågor och felanmälan.",
    purpose_en: "Show the network's customer service who lives at an outlet or owns the property, for enquiries and fault reports.",
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

const IMPORT_STAGING_CATEGORY: Category = Category {
    name: IMPORT_STAGING,
    title_sv: "Importrader som väntar på beslut",
    title_en: "Import rows that wait for a decision",
    purpose_sv: "Samla nätets adressrader och låta nätet granska vad de skulle ändra innan de tas in.",
    purpose_en: "Collect the network's address rows and let the network look at what they would change before they are taken in.",
    legal_basis: "art. 6(1)(f): the network's interest in a correct address file",
    retention: Retention {
        period_days: 7,
        starts: "the import",
    },
    recipients: &["the network's importers"],
    on_erasure: OnErasure::Erase,
};

/// The columns of a table that holds what a file says of an access, between those of its own. Written out a second time
/// here, not taken from the store: a new column has to be declared before the tests pass.
macro_rules! columns_with_facts {
    ([$($before:expr),+ $(,)?], [$($after:expr),+ $(,)?]) => {
        &[
            $($before,)+
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
            Column::plain("latitude"),
            Column::plain("longitude"),
            Column::plain("state"),
            Column::plain("legacy_access_id"),
            Column::plain("outlet"),
            Column::plain("population"),
            Column::plain("national_address_uuid"),
            Column::plain("area"),
            Column::plain("medium"),
            Column::plain("cpe"),
            Column::plain("connected_on"),
            Column::plain("technical"),
            Column::plain("source"),
            Column::plain("edit_reason"),
            Column::plain("services"),
            Column::plain("price_group"),
            Column::plain("capacity_kbps"),
            Column::plain("content_hash"),
            $($after,)+
        ]
    };
}

const ACCESS_TABLE: Table = Table {
    name: "access",
    link: Link::None {
        why: "an address without the person who lives there; the resident is in a table of its own",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: columns_with_facts!(
        [
            Column::plain("id"),
            Column::plain("network"),
            Column::plain("access_id"),
        ],
        [
            Column::plain("changed_at"),
            Column::plain("ended_at"),
            Column::plain("changed_by"),
            Column::plain("revision"),
            Column::plain("revised_at"),
            Column::plain("appeared_at"),
        ]
    ),
};

const HISTORY_TABLE: Table = Table {
    name: "access_history",
    link: Link::None {
        why: "what an address was before; never who lived there",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: columns_with_facts!(
        [
            Column::plain("id"),
            Column::plain("replaced_by"),
            Column::plain("network"),
            Column::plain("access_id"),
        ],
        [
            Column::plain("changed_by"),
            Column::plain("valid_from"),
            Column::plain("valid_to"),
            Column::plain("ended_at"),
        ]
    ),
};

/// Sealed under the import's own key, which goes with the decision. Whom a row names is taken out of it; the access stays.
const STAGED_TABLE: Table = Table {
    name: staged::TABLE,
    link: Link::Tokens {
        names: &[
            Named::by(
                "resident_token",
                &[staged::PEOPLE, "resident_mark", "columns_mark"],
            )
            .marked("suppressed"),
            Named::by("owner_token", &[staged::OWNER, "owner_mark"]).marked("suppressed"),
        ],
        place: &["import_id", "line", "access_id"],
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: columns_with_facts!(
        [
            Column::plain("id"),
            Column::plain("import_id"),
            Column::plain("network"),
            Column::plain("subject_id"),
            Column::plain("line"),
            Column::plain("access_id"),
        ],
        [
            Column::open("resident_mark", IMPORT_STAGING, "resident_mark"),
            Column::open("owner_mark", IMPORT_STAGING, "owner_mark"),
            Column::open("columns_mark", IMPORT_STAGING, "columns_mark"),
            Column::plain("suppressed"),
            Column::open("resident_token", IMPORT_STAGING, "resident_look_up_token"),
            Column::open("owner_token", IMPORT_STAGING, "owner_look_up_token"),
            Column::sealed(staged::PEOPLE, IMPORT_STAGING, "resident"),
            Column::sealed(staged::OWNER, IMPORT_STAGING, "owner"),
        ]
    ),
};

/// Its subject is nobody in particular: the one under whose key the posts are sealed, which goes with the session.
const SESSION_TABLE: Table = Table {
    name: staged_session::TABLE,
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        // Names that a sender gave to fields: a slip may have put anything there.
        Column::open("columns", IMPORT_STAGING, "posted_fields"),
        Column::plain("posts"),
        Column::plain("bytes"),
        Column::plain("version"),
        Column::plain("opened_at"),
        Column::plain("last_post_at"),
        Column::plain("closing_until"),
    ],
};

/// As a staged row: without the access the session's import would end it. What `fields` says of the access names somebody
/// only by a slip.
const POST_TABLE: Table = Table {
    name: session_post::TABLE,
    link: Link::Tokens {
        names: &[
            Named::by("resident_token", &[session_post::PEOPLE]),
            Named::by("owner_token", &[session_post::OWNER]),
        ],
        place: &["session_id", "access_id"],
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("session_id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("access_id"),
        Column::open("resident_token", IMPORT_STAGING, "resident_look_up_token"),
        Column::open("owner_token", IMPORT_STAGING, "owner_look_up_token"),
        Column::sealed(session_post::FIELDS, IMPORT_STAGING, "posted_row"),
        Column::sealed(session_post::PEOPLE, IMPORT_STAGING, "resident"),
        Column::sealed(session_post::OWNER, IMPORT_STAGING, "owner"),
    ],
};

/// The text of a rejected row is one: it goes with the first of the people whom it names.
const REJECTED_TABLE: Table = Table {
    name: rejected::TABLE,
    link: Link::Tokens {
        names: &[
            Named::by("resident_token", &[rejected::CONTENT]),
            Named::by("owner_token", &[rejected::CONTENT]),
        ],
        place: &["import_id", "line", "access_id"],
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("import_id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("line"),
        Column::plain("access_id"),
        Column::open("resident_token", IMPORT_REPORT, "resident_look_up_token"),
        Column::open("owner_token", IMPORT_REPORT, "owner_look_up_token"),
        Column::sealed(rejected::CONTENT, IMPORT_REPORT, "rejected_row"),
    ],
};

/// The whole row is about the person, so the whole row goes; the access stays (decision 18).
const RESIDENT_TABLE: Table = Table {
    name: resident::TABLE,
    link: Link::Imported,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::open("access_id", RESIDENT, "access_id"),
        Column::plain("role"),
        Column::open("protected", RESIDENT, "protected"),
        Column::open("not_to_providers", RESIDENT, "not_to_providers"),
        Column::plain("import_id"),
        Column::plain("superseded_by"),
        Column::sealed(resident::NAME, RESIDENT, "name"),
        Column::sealed(resident::OTHER_COLUMNS, RESIDENT, "other_columns"),
        Column::open("mark", RESIDENT, "comparison_mark"),
        Column::open("name_token", RESIDENT, "name_look_up_token"),
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
        Column::plain("format"),
        Column::plain("says_of_residents"),
        Column::plain("says_of_owners"),
        Column::plain("staged"),
        Column::plain("charset"),
        Column::plain("delimiter"),
        Column::plain("unknown_columns"),
        Column::plain("refusal"),
        Column::plain("refusal_reason"),
        Column::plain("refusal_arguments"),
        Column::plain("dry_run"),
        Column::plain("row_count"),
        Column::plain("added"),
        Column::plain("changed"),
        Column::plain("unchanged"),
        Column::plain("ended"),
        Column::plain("rejected"),
        Column::plain("residents_suppressed"),
        Column::sealed(address_import::REJECTIONS, IMPORT_REPORT, "rejections"),
        Column::sealed(
            address_import::REJECTED_HEADER,
            IMPORT_REPORT,
            "rejected_header",
        ),
        Column::plain("remarked"),
        Column::sealed(address_import::REMARKS, IMPORT_REPORT, "remarks"),
        Column::plain("received_at"),
        Column::plain("staging_until"),
        Column::plain("held_until"),
        Column::plain("applied_at"),
        Column::plain("undo_until"),
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
    columns: &[
        Column::plain("network"),
        Column::plain("revision"),
        Column::plain("purged"),
        Column::plain("revised_at"),
    ],
};

const TURN_TABLE: Table = Table {
    name: "network_turn",
    link: Link::None {
        why: "when accesses of a network were changed",
    },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("revision"),
        Column::plain("at"),
    ],
};

const CONTRACT_TABLE: Table = Table {
    name: market_contract::TABLE,
    link: Link::None {
        why: "what a provider may see of a network",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("columns"),
        Column::plain("premises_types"),
        Column::plain("on_api"),
        Column::plain("valid_from"),
        Column::plain("valid_until"),
        Column::plain("changed_at"),
    ],
};

const EXTRACT_TABLE: Table = Table {
    name: market_extract::TABLE,
    link: Link::None {
        why: "which range of a network's accesses a provider was given; no access of it is named",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("contract_id"),
        Column::plain("caller_id"),
        Column::plain("interface"),
        Column::plain("after"),
        Column::plain("until"),
        Column::plain("put"),
        Column::plain("removed"),
        Column::plain("withheld"),
        Column::plain("begun_at"),
        Column::plain("ended_at"),
    ],
};

const DISCLOSURE_TABLE: Table = Table {
    name: disclosure::TABLE,
    link: Link::None {
        why: "which of the staff asked to see the people at an access, why, and who approved; none of those people is named",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("access_id"),
        Column::plain("requested_by"),
        Column::plain("purpose"),
        Column::plain("requested_at"),
        Column::plain("approved"),
        Column::plain("decided_by"),
        Column::plain("decided_at"),
    ],
};

const PULL_TABLE: Table = Table {
    name: address_pull::TABLE,
    link: Link::None {
        why: "how fetching a network's address file went; nothing of what is in it",
    },
    network: "network",
    id: "network",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("network"),
        Column::plain("source"),
        Column::plain("etag"),
        Column::plain("last_modified"),
        Column::plain("outcome"),
        Column::plain("failure"),
        Column::plain("known_at"),
        Column::plain("settled"),
        Column::plain("planned"),
        Column::plain("next_attempt_at"),
        Column::plain("claimed_until"),
        Column::plain("begun_at"),
        Column::plain("ended_at"),
        Column::plain("succeeded_at"),
        Column::plain("attempts"),
        Column::plain("http_status"),
        Column::plain("claimed_by"),
        Column::plain("import_id"),
    ],
};
