//! Whether an execution answer is proof.

use std::collections::BTreeMap;

use api::privacy as pb;
use serde::{Deserialize, Serialize};

use super::case::Retained;
use super::policy::RETAIN;

/// Why an answer is no proof. It is recorded, and the holder is ordered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The second reading found rows.
    #[error("rows are left after execution")]
    ResidualRows,
    /// The second reading found person keys.
    #[error("keys are left after execution")]
    ResidualKeys,
    /// It says not when the second reading was made.
    #[error("the second reading is missing")]
    NotVerified,
    /// It kept rows and names no legal basis.
    #[error("rows are kept without a legal basis")]
    NoBasis,
    /// It kept what was decided to be erased.
    #[error("rows are kept that were to be erased")]
    AgainstDecision,
    /// It answers an access request and has exported nothing.
    #[error("no export was submitted")]
    NoExport,
}

impl Flaw {
    /// The stable code in the record of answers.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ResidualRows => "RESIDUAL_ROWS",
            Self::ResidualKeys => "RESIDUAL_KEYS",
            Self::NotVerified => "NOT_VERIFIED",
            Self::NoBasis => "NO_LEGAL_BASIS",
            Self::AgainstDecision => "AGAINST_DECISION",
            Self::NoExport => "NO_EXPORT",
        }
    }
}

/// Executed and retained do not add up to what was discovered (decisions.md 21): recorded in the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The category.
    pub category: String,
    /// Rows found before the decision.
    pub discovered: u64,
    /// Rows erased and kept.
    pub executed: u64,
}

/// A good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whether something is kept.
    pub retained: Retained,
    /// Categories that do not add up.
    pub differences: Vec<Difference>,
}

/// Judges an answer to an erasure.
///
/// # Errors
/// [`Flaw`] says why it is no proof.
pub fn judge(
    answer: &pb::ExecutionAnswered,
    discovered: &[pb::CategoryCount],
    decisions: &[pb::CategoryDecision],
) -> Result<Proof, Flaw> {
    if answer.verified_at.is_none() {
        return Err(Flaw::NotVerified);
    }
    if answer.keys_residual != 0 {
        return Err(Flaw::ResidualKeys);
    }
    for outcome in &answer.categories {
        judge_category(outcome, decisions)?;
    }
    let kept = answer.categories.iter().any(|outcome| outcome.retained > 0);
    Ok(Proof {
        retained: if kept {
            Retained::Something
        } else {
            Retained::Nothing
        },
        differences: differences(answer, discovered),
    })
}

fn judge_category(
    outcome: &pb::CategoryOutcome,
    decisions: &[pb::CategoryDecision],
) -> Result<(), Flaw> {
    if outcome.residual != 0 {
        return Err(Flaw::ResidualRows);
    }
    if outcome.retained == 0 {
        return Ok(());
    }
    if outcome.legal_basis.is_empty() {
        return Err(Flaw::NoBasis);
    }
    let decided = decisions
        .iter()
        .any(|d| d.category == outcome.category && d.action == RETAIN);
    if decided {
        Ok(())
    } else {
        Err(Flaw::AgainstDecision)
    }
}

fn differences(
    answer: &pb::ExecutionAnswered,
    discovered: &[pb::CategoryCount],
) -> Vec<Difference> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for count in discovered {
        counts.entry(&count.category).or_default().0 += count.rows;
    }
    for outcome in &answer.categories {
        counts.entry(&outcome.category).or_default().1 += outcome.erased + outcome.retained;
    }
    counts
        .into_iter()
        .filter(|(_, (found, done))| found != done)
        .map(|(category, (discovered, executed))| Difference {
            category: category.to_owned(),
            discovered,
            executed,
        })
        .collect()
}

/// Judges an answer to an access request: whether what it exported has arrived whole.
///
/// # Errors
/// [`Flaw::NoExport`] when the bytes that it names have not arrived.
pub fn judge_access(answer: &pb::ExecutionAnswered, arrived_bytes: u64) -> Result<(), Flaw> {
    if answer.exported_bytes == 0 || answer.exported_bytes != arrived_bytes {
        return Err(Flaw::NoExport);
    }
    Ok(())
}
