//! What the policy proposes for what a holder found, and what a decision makes of it.

use api::privacy as pb;

/// Rows of one category are erased.
pub const ERASE: &str = "erase";
/// Rows of one category are kept on a legal basis.
pub const RETAIN: &str = "retain";

/// Why a discovery answer is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfounded {
    /// It does not say what was searched: "nothing found" without evidence.
    #[error("the answer does not say what was searched")]
    NoEvidence,
    /// It proposes something that is neither to erase nor to retain.
    #[error("the answer proposes an unknown action")]
    UnknownAction,
    /// It wants to keep rows and names no legal basis.
    #[error("the answer retains without a legal basis")]
    NoBasis,
}

impl Unfounded {
    /// The stable code in the record of answers.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoEvidence => "NO_EVIDENCE",
            Self::UnknownAction => "UNKNOWN_ACTION",
            Self::NoBasis => "NO_LEGAL_BASIS",
        }
    }
}

/// Whether a discovery answer can be decided upon.
///
/// # Errors
/// [`Unfounded`] says why it is no answer; the holder is asked again.
pub fn check(answer: &pb::DiscoveryAnswered) -> Result<(), Unfounded> {
    if answer.searched_stores.is_empty() || answer.searched_keys.is_empty() {
        return Err(Unfounded::NoEvidence);
    }
    for count in &answer.categories {
        match count.proposed.as_str() {
            RETAIN if count.legal_basis.is_empty() => return Err(Unfounded::NoBasis),
            ERASE | RETAIN => {}
            "" if count.rows == 0 => {}
            _ => return Err(Unfounded::UnknownAction),
        }
    }
    Ok(())
}

/// The decision that follows the policy's proposal, category by category.
#[must_use]
pub fn decide(found: &[pb::CategoryCount]) -> Vec<pb::CategoryDecision> {
    found.iter().map(decision).collect()
}

fn decision(count: &pb::CategoryCount) -> pb::CategoryDecision {
    let retain = count.proposed == RETAIN;
    pb::CategoryDecision {
        category: count.category.clone(),
        action: if retain { RETAIN } else { ERASE }.to_owned(),
        legal_basis: if retain {
            count.legal_basis.clone()
        } else {
            String::new()
        },
        retain_until: if retain {
            count.retain_until.clone()
        } else {
            String::new()
        },
    }
}
