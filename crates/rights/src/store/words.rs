//! Counts and decisions as JSON in a column.

use api::privacy as pb;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Count {
    category: String,
    rows: u64,
    proposed: String,
    legal_basis: String,
    retain_until: String,
}

#[derive(Serialize, Deserialize)]
struct Decision {
    category: String,
    action: String,
    legal_basis: String,
    retain_until: String,
}

/// What a holder found, as text.
#[must_use]
pub fn write_counts(counts: &[pb::CategoryCount]) -> String {
    let counts: Vec<_> = counts
        .iter()
        .cloned()
        .map(
            |pb::CategoryCount {
                 category,
                 rows,
                 proposed,
                 legal_basis,
                 retain_until,
             }| Count {
                category,
                rows,
                proposed,
                legal_basis,
                retain_until,
            },
        )
        .collect();
    serde_json::to_string(&counts).expect("strings and numbers serialise")
}

/// What a holder found, from text that [`write_counts`] wrote.
#[must_use]
pub fn read_counts(text: &str) -> Vec<pb::CategoryCount> {
    let counts: Vec<Count> = serde_json::from_str(text).unwrap_or_default();
    counts
        .into_iter()
        .map(
            |Count {
                 category,
                 rows,
                 proposed,
                 legal_basis,
                 retain_until,
             }| pb::CategoryCount {
                category,
                rows,
                proposed,
                legal_basis,
                retain_until,
            },
        )
        .collect()
}

/// What was decided, as text.
#[must_use]
pub fn write_decisions(decisions: &[pb::CategoryDecision]) -> String {
    let decisions: Vec<_> = decisions
        .iter()
        .cloned()
        .map(
            |pb::CategoryDecision {
                 category,
                 action,
                 legal_basis,
                 retain_until,
             }| Decision {
                category,
                action,
                legal_basis,
                retain_until,
            },
        )
        .collect();
    serde_json::to_string(&decisions).expect("strings serialise")
}

/// What was decided, from text that [`write_decisions`] wrote.
#[must_use]
pub fn read_decisions(text: &str) -> Vec<pb::CategoryDecision> {
    let decisions: Vec<Decision> = serde_json::from_str(text).unwrap_or_default();
    decisions
        .into_iter()
        .map(
            |Decision {
                 category,
                 action,
                 legal_basis,
                 retain_until,
             }| pb::CategoryDecision {
                category,
                action,
                legal_basis,
                retain_until,
            },
        )
        .collect()
}
