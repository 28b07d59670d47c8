//! Where a technical order is on its way, and where it may go: one published table.

use std::fmt;

/// The state of a technical order (ON-API, `orderState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TechnicalState {
    /// Queued; its provider may change it or take it back.
    Received,
    /// The network works on it.
    InProgress,
    /// Carried out.
    DoneSuccess,
    /// It will not be carried out; its message says why.
    DoneFailed,
    /// Its provider has taken it back: nobody finds it any more. ON-API has no word for that.
    Deleted,
}

/// Every move of the network that is allowed; what is not here is refused.
pub const TECHNICAL_TRANSITIONS: &[(TechnicalState, TechnicalState)] = &[
    (TechnicalState::Received, TechnicalState::InProgress),
    (TechnicalState::Received, TechnicalState::DoneSuccess),
    (TechnicalState::Received, TechnicalState::DoneFailed),
    (TechnicalState::InProgress, TechnicalState::DoneSuccess),
    (TechnicalState::InProgress, TechnicalState::DoneFailed),
];

/// The table has no such move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a technical order that is {from} cannot become {to}")]
pub struct TechnicalTransitionError {
    /// The present state.
    pub from: TechnicalState,
    /// The wanted state.
    pub to: TechnicalState,
}

impl TechnicalState {
    /// Every state, in the order of an order's life.
    pub const ALL: [Self; 5] = [
        Self::Received,
        Self::InProgress,
        Self::DoneSuccess,
        Self::DoneFailed,
        Self::Deleted,
    ];

    /// The states that are not the end.
    pub const UNFINISHED: [Self; 2] = [Self::Received, Self::InProgress];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::InProgress => "in_progress",
            Self::DoneSuccess => "done_success",
            Self::DoneFailed => "done_failed",
            Self::Deleted => "deleted",
        }
    }

    /// The state of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Checks a move of the network against the table.
    ///
    /// # Errors
    /// The table does not have it.
    pub fn may_become(self, to: Self) -> Result<(), TechnicalTransitionError> {
        if TECHNICAL_TRANSITIONS.contains(&(self, to)) {
            Ok(())
        } else {
            Err(TechnicalTransitionError { from: self, to })
        }
    }

    /// Whether its provider may change it or take it back.
    pub const fn may_be_changed(self) -> bool {
        matches!(self, Self::Received)
    }
}

impl fmt::Display for TechnicalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_what_is_done_and_nothing_comes_back() {
        for from in TechnicalState::ALL {
            for to in TechnicalState::ALL {
                let allowed = from.may_become(to).is_ok();
                let done = !TechnicalState::UNFINISHED.contains(&from);
                assert!(!(allowed && done), "{from} → {to}");
                assert!(
                    !(allowed && to == TechnicalState::Received),
                    "{from} → {to}"
                );
                assert!(!(allowed && to == TechnicalState::Deleted), "{from} → {to}");
                assert!(!(allowed && from == to), "{from} → {to}");
            }
        }
        let received = TechnicalState::Received;
        assert_eq!(
            received.may_become(TechnicalState::Deleted),
            Err(TechnicalTransitionError {
                from: received,
                to: TechnicalState::Deleted
            })
        );
    }

    #[test]
    fn only_what_is_received_may_be_changed() {
        let may: Vec<_> = TechnicalState::ALL
            .into_iter()
            .filter(|state| state.may_be_changed())
            .collect();
        assert_eq!(may, [TechnicalState::Received]);
    }

    #[test]
    fn the_published_table_is_this_one() {
        let page = include_str!("../../../../../docs/orders.md");
        let published: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with("- `") && line.contains("` → `"))
            .collect();
        let rows: Vec<_> = TECHNICAL_TRANSITIONS
            .iter()
            .map(|(from, to)| format!("- `{from}` → `{to}`").to_uppercase())
            .collect();
        assert_eq!(published, rows);
    }

    #[test]
    fn words_and_states_are_the_same_set() {
        for state in TechnicalState::ALL {
            assert_eq!(TechnicalState::parse(state.as_str()), Some(state));
        }
        assert_eq!(TechnicalState::parse("lost"), None);
    }
}
