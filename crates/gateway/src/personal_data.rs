//! What the gateway holds about persons: its staff users.

use privacy::{Category, Column, DataMap, Link, OnErasure, Retention, RowErasure, Table};

const STAFF: &str = "staff_account";
const AUDIT: &str = "staff_audit";

/// The declaration that discovery, export and erasure are made of.
pub static DATA_MAP: DataMap = DataMap {
    service: "gateway",
    version: "2",
    categories: &[
        Category {
            name: STAFF,
            title_sv: "Personalkonton",
            title_en: "Staff accounts",
            purpose_sv: "Inloggning för nätets personal: namn, e-post och inloggningstider, så att rätt person kommer åt rätt uppgifter.",
            purpose_en: "Sign-in for the network's staff: name, e-mail and times of sign-in, so that the right person reaches the right data.",
            legal_basis: "art. 6(1)(f) – nätets intresse av att styra och följa upp åtkomst",
            retention: Retention {
                period_days: 365,
                starts: "account disabled",
            },
            recipients: &[],
            on_erasure: OnErasure::Erase,
        },
        Category {
            name: AUDIT,
            title_sv: "Ändringslogg",
            title_en: "Log of changes",
            purpose_sv: "Spårbarhet: vem som lade till eller ändrade vad, med id men utan namn.",
            purpose_en: "Traceability: who added or changed what, by id and without a name.",
            legal_basis: "art. 6(1)(c) – art. 5(2) och 32 dataskyddsförordningen",
            retention: Retention {
                period_days: 365,
                starts: "the act",
            },
            recipients: &[],
            on_erasure: OnErasure::Retain {
                basis: "art. 17(3)(b)",
                days: 365,
            },
        },
    ],
    tables: &[
        NETWORK,
        STAFF_USER,
        STAFF_SESSION,
        INVITATION,
        AUDIT_LOG,
        PROVIDER_CREDENTIAL,
        IMPORT_CREDENTIAL,
        LEGACY_LOGIN,
    ],
};

const NETWORK: Table = Table {
    name: "network",
    link: Link::None {
        why: "a network is an organisation",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("name"),
        Column::plain("slug"),
        Column::plain("host"),
        Column::plain("language"),
        Column::plain("created_at"),
    ],
};

const STAFF_USER: Table = Table {
    name: "staff_user",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("login_token"),
        Column::sealed("name", STAFF, "name"),
        Column::sealed("email", STAFF, "email"),
        Column::open("roles", STAFF, "roles"),
        Column::open("state", STAFF, "state"),
        Column::plain("password_hash"),
        Column::plain("totp_secret"),
        Column::plain("totp_step"),
        Column::plain("failures"),
        Column::plain("locked_until"),
        Column::open("created_at", STAFF, "created_at"),
        Column::plain("changed_at"),
    ],
};

const STAFF_SESSION: Table = Table {
    name: "staff_session",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("user_id"),
        Column::plain("token_hash"),
        Column::plain("kind"),
        Column::open("created_at", STAFF, "signed_in_at"),
        Column::open("seen_at", STAFF, "last_seen_at"),
        Column::plain("expires_at"),
    ],
};

const INVITATION: Table = Table {
    name: "invitation",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("user_id"),
        Column::plain("token_hash"),
        Column::open("created_at", STAFF, "invited_at"),
        Column::plain("expires_at"),
        Column::open("used_at", STAFF, "invitation_used_at"),
    ],
};

const AUDIT_LOG: Table = Table {
    name: "audit",
    link: Link::Subject,
    network: "network",
    id: "id",
    on_erase: RowErasure::Delete,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("subject_id"),
        Column::plain("actor_id"),
        Column::open("action", AUDIT, "action"),
        Column::plain("object"),
        Column::open("at", AUDIT, "at"),
    ],
};

const PROVIDER_CREDENTIAL: Table = Table {
    name: "provider_credential",
    link: Link::None {
        why: "the key of a provider's system",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("provider_id"),
        Column::plain("client_id"),
        Column::plain("secret_hmac"),
        Column::plain("created_at"),
        Column::plain("revoked_at"),
        Column::plain("used_at"),
    ],
};

const IMPORT_CREDENTIAL: Table = Table {
    name: "import_credential",
    link: Link::None {
        why: "the key of a network's provisioning system",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("api_user"),
        Column::plain("key_hmac"),
        Column::plain("created_at"),
        Column::plain("revoked_at"),
        Column::plain("used_at"),
    ],
};

const LEGACY_LOGIN: Table = Table {
    name: "legacy_login",
    link: Link::None {
        why: "a sign-in of a system that speaks a legacy API",
    },
    network: "network",
    id: "id",
    on_erase: RowErasure::Clear,
    columns: &[
        Column::plain("id"),
        Column::plain("network"),
        Column::plain("credential_id"),
        Column::plain("hash_hmac"),
        Column::plain("expires_at"),
    ],
};
