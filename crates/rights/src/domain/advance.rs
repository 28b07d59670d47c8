//! What a case does by itself when the last awaited answer has come.

use super::case::{Case, Effect, MAX_ROUNDS, Refusal, SELF};
use super::progress::{HolderState, Progress};
use super::state::{RequestKind, RequestState};

impl Case {
    /// Goes on as far as the answers allow.
    pub(super) fn advance(&mut self) -> Vec<Effect> {
        match self.state {
            RequestState::Discovering => self.conclude_round(),
            RequestState::Executing => self.conclude_execution(),
            _ => Vec::new(),
        }
    }

    /// A holder is asked (again) before anything is carried out: the preview waits for it.
    pub(super) fn reopen_discovery(&mut self) {
        if self.state == RequestState::AwaitingDecision {
            self.state = RequestState::Discovering;
        }
    }

    fn conclude_round(&mut self) -> Vec<Effect> {
        if !self.all(HolderState::Discovered) {
            return Vec::new();
        }
        if self.found_round == self.round && self.round < MAX_ROUNDS {
            self.round += 1;
            let round = self.round;
            for progress in self.active_mut() {
                *progress = Progress::asked(round);
            }
            return vec![Effect::AskAll { round }];
        }
        match self.kind {
            RequestKind::Erasure => {
                self.state = RequestState::AwaitingDecision;
                Vec::new()
            }
            RequestKind::Access => {
                self.state = RequestState::Executing;
                self.conclude_execution()
            }
        }
    }

    fn conclude_execution(&mut self) -> Vec<Effect> {
        let unordered = self.to_order();
        if !unordered.is_empty() {
            return if self.kind.is_ledgered() {
                vec![Effect::Append]
            } else {
                self.appended(&unordered, 0)
            };
        }
        if let Some(own) = self.holders.get(SELF)
            && own.state == HolderState::Discovered
            && self.others_proven()
        {
            return self.order_self();
        }
        if !self.closing && self.all(HolderState::Proven) {
            self.set_closed = true;
            self.closing = true;
            return vec![Effect::Close];
        }
        Vec::new()
    }

    fn order_self(&mut self) -> Vec<Effect> {
        if let Some(own) = self.holders.get_mut(SELF) {
            own.state = HolderState::Ordered;
        }
        self.set_closed = true;
        vec![Effect::Order {
            holder: SELF.to_owned(),
        }]
    }

    fn others_proven(&self) -> bool {
        self.active()
            .all(|(name, p)| name == SELF || p.state == HolderState::Proven)
    }

    /// An empty set has proven nothing.
    fn all(&self, state: HolderState) -> bool {
        self.active().next().is_some() && self.active().all(|(_, p)| p.state == state)
    }

    fn active(&self) -> impl Iterator<Item = (&str, &Progress)> {
        self.holders
            .iter()
            .filter(|(_, p)| p.state != HolderState::Retired)
            .map(|(name, p)| (name.as_str(), p))
    }

    fn active_mut(&mut self) -> impl Iterator<Item = &mut Progress> {
        self.holders
            .values_mut()
            .filter(|p| p.state != HolderState::Retired)
    }
}

/// What the case says of itself.
impl Case {
    /// What is stored of a request.
    #[must_use]
    pub fn restore(stored: Stored) -> Self {
        let Stored {
            kind,
            state,
            round,
            found_round,
            decided_by,
            set_closed,
            closing,
            holders,
        } = stored;
        Self {
            kind,
            state,
            round,
            found_round,
            decided_by,
            set_closed,
            closing,
            holders: holders.into_iter().collect(),
        }
    }

    /// What the person asks for.
    #[must_use]
    pub const fn kind(&self) -> RequestKind {
        self.kind
    }

    /// Where the request stands.
    #[must_use]
    pub const fn state(&self) -> RequestState {
        self.state
    }

    /// The round of discovery.
    #[must_use]
    pub const fn round(&self) -> u32 {
        self.round
    }

    /// The last round in which identifiers were found that were new.
    #[must_use]
    pub const fn found_round(&self) -> u32 {
        self.found_round
    }

    /// Who decided first.
    #[must_use]
    pub fn decided_by(&self) -> Option<&str> {
        self.decided_by.as_deref()
    }

    /// Whether the set of holders is closed.
    #[must_use]
    pub const fn set_closed(&self) -> bool {
        self.set_closed
    }

    /// Whether completion is decided.
    #[must_use]
    pub const fn closing(&self) -> bool {
        self.closing
    }

    /// Every holder that has a part, retired ones as well.
    pub fn holders(&self) -> impl Iterator<Item = (&str, &Progress)> {
        self.holders
            .iter()
            .map(|(name, progress)| (name.as_str(), progress))
    }

    /// One holder's part.
    ///
    /// # Errors
    /// [`Refusal::UnknownHolder`].
    pub fn holder(&self, name: &str) -> Result<&Progress, Refusal> {
        self.holders.get(name).ok_or(Refusal::UnknownHolder)
    }

    /// Holders that are to be ordered and have no ledger entry yet.
    #[must_use]
    pub fn to_order(&self) -> Vec<String> {
        if self.state != RequestState::Executing {
            return Vec::new();
        }
        self.active()
            .filter(|(_, p)| p.state == HolderState::Discovered && p.entry.is_none())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Holders whose answer is awaited.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<String> {
        if !self.state.is_unfinished() {
            return Vec::new();
        }
        self.active()
            .filter(|(_, p)| p.state.is_awaited())
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

/// The stored form of a [`Case`].
#[derive(Clone, Debug)]
pub struct Stored {
    /// What the person asks for.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: RequestState,
    /// The round of discovery.
    pub round: u32,
    /// The last round that found new identifiers.
    pub found_round: u32,
    /// Who decided first.
    pub decided_by: Option<String>,
    /// Whether nobody joins any more.
    pub set_closed: bool,
    /// Whether completion is decided.
    pub closing: bool,
    /// The holders' parts.
    pub holders: Vec<(String, Progress)>,
}
