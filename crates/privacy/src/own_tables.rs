//! Privacy's own tables, declared like every other. A service need not repeat them: the schema check knows them.

use crate::{Column, Link, RowErasure, Table};

macro_rules! own {
    ($name:literal, network $network:literal, id $id:literal, [$($column:literal),* $(,)?]) => {
        Table {
            name: $name,
            link: Link::None { why: "opaque ids, keyed tokens and sealed handles; nothing in it names a person" },
            network: $network,
            id: $id,
            on_erase: RowErasure::Clear,
            columns: &[$(Column::plain($column)),*],
        }
    };
}

/// The tables that [`crate::migrations`] makes. The access log is exported to the person as a part of its own.
pub const OWN_TABLES: &[Table] = &[
    own!("subject", network "network", id "id", ["id", "network", "created_at", "restricted_at", "erased_at"]),
    own!("subject_token", network "network", id "token", [
        "network", "field", "token", "subject_id", "key_version", "verified", "created_at",
    ]),
    own!("suppressed_token", network "network", id "token", [
        "network", "field", "token", "ledger_entry", "key_version", "subject_id", "erased_at", "lifted_at",
    ]),
    own!("access_log", network "network", id "id", [
        "id", "network", "at", "actor_kind", "actor_id", "purpose", "subject_id", "record", "fields",
        "intent", "count", "batch_epoch", "batch_number",
    ]),
    own!("access_batch", network "", id "number", [
        "epoch", "number", "previous", "root", "line_count", "hash", "sealed_at", "replicated_at",
    ]),
    own!("access_chain", network "", id "id", ["id", "epoch", "number", "hash", "compared"]),
    own!("holder_task", network "network", id "id", [
        "id", "kind", "request_id", "reference", "network", "state", "payload", "progress", "answer", "replayed",
        "attempts", "next_attempt_at", "lease_until", "created_at", "done_at", "traceparent",
        "tracestate",
    ]),
    own!("ledger_applied", network "network", id "entry", ["entry", "network", "request_id", "applied_at", "proven_at"]),
    own!("ledger_position", network "", id "id", ["id", "scanned"]),
];
