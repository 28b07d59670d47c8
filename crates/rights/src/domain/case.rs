//! A request and its holders as one state machine: who is asked, ordered, awaited; when it is complete.
//!
//! Every method changes the case and answers with the effects that the change calls for. *Complete* is reachable through
//! [`Case::advance`] alone, and there only when every holder that is not retired has given proof.

use std::collections::BTreeMap;

use super::progress::{HolderState, Progress};
use super::state::{RequestKind, RequestState};

/// Rounds of discovery before staff look at it: each round can only add verified identifiers of one person.
pub const MAX_ROUNDS: u32 = 5;

/// The rights service is a holder itself. It goes last: its own erasure destroys the search keys.
pub const SELF: &str = "rights";

/// What a change calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask every holder, in this round.
    AskAll {
        /// The round.
        round: u32,
    },
    /// Ask one holder, in this round.
    Ask {
        /// Who.
        holder: String,
        /// The round.
        round: u32,
    },
    /// Holders are to be ordered, but the ledger comes first.
    Append,
    /// Order one holder; its ledger entry is durable.
    Order {
        /// Who.
        holder: String,
    },
    /// All have proof: ledger, certificate, done.
    Close,
}

/// Why a step was not taken. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is in another state.
    #[error("the request is not in a state that allows this")]
    WrongState,
    /// The approver is the one who decided.
    #[error("the second person must be another one than the first")]
    SamePerson,
    /// The holder has no part in the request.
    #[error("the holder has no part in this request")]
    UnknownHolder,
    /// The same was said before; recorded, without effect.
    #[error("the holder answered this before")]
    Repeated,
    /// The answer is to something that was not asked, or ordered, of this holder.
    #[error("the answer does not belong to what was asked")]
    Mismatch,
}

/// A request with its holders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub(super) kind: RequestKind,
    pub(super) state: RequestState,
    pub(super) round: u32,
    /// The last round in which a holder submitted identifiers that were new.
    pub(super) found_round: u32,
    pub(super) decided_by: Option<String>,
    /// From here on nobody joins: the search keys are about to be destroyed.
    pub(super) set_closed: bool,
    /// From here on no proof is voided: completion is decided, ledger and certificate follow.
    pub(super) closing: bool,
    pub(super) holders: BTreeMap<String, Progress>,
}

impl Case {
    /// A new request with the frozen set of holders, and the first question.
    #[must_use]
    pub fn open(
        kind: RequestKind,
        holders: impl IntoIterator<Item = String>,
    ) -> (Self, Vec<Effect>) {
        let holders = holders
            .into_iter()
            .map(|name| (name, Progress::asked(1)))
            .collect();
        let case = Self {
            kind,
            state: RequestState::Discovering,
            round: 1,
            found_round: 0,
            decided_by: None,
            set_closed: false,
            closing: false,
            holders,
        };
        (case, vec![Effect::AskAll { round: 1 }])
    }

    /// A holder announced itself while the request is unfinished: it is asked as well.
    pub fn join(&mut self, holder: &str) -> Vec<Effect> {
        let known = self
            .holders
            .get(holder)
            .is_some_and(|p| p.state != HolderState::Retired);
        if known || self.set_closed || self.closing || !self.state.is_unfinished() {
            return Vec::new();
        }
        self.holders
            .insert(holder.to_owned(), Progress::asked(self.round));
        self.reopen_discovery();
        vec![Effect::Ask {
            holder: holder.to_owned(),
            round: self.round,
        }]
    }

    /// A holder submitted verified identifiers that nobody had before. They open another round while discovery lasts; a
    /// holder that joined during the execution adds them for itself alone.
    ///
    /// # Errors
    /// [`Refusal`] when the holder is not being asked in this round.
    pub fn found_identifiers(&mut self, holder: &str, round: u32) -> Result<(), Refusal> {
        let progress = self.holders.get(holder).ok_or(Refusal::UnknownHolder)?;
        if !self.state.is_unfinished() {
            return Err(Refusal::WrongState);
        }
        if progress.state != HolderState::Asked || round != progress.round {
            return Err(Refusal::Mismatch);
        }
        self.found_round = self.round;
        Ok(())
    }

    /// A holder said what it has.
    ///
    /// # Errors
    /// [`Refusal`] when nothing was asked of it, or it answered before.
    pub fn discovered(&mut self, holder: &str, round: u32) -> Result<Vec<Effect>, Refusal> {
        if !self.state.is_unfinished() {
            return Err(Refusal::WrongState);
        }
        let progress = self.holders.get_mut(holder).ok_or(Refusal::UnknownHolder)?;
        if round < progress.round || progress.state != HolderState::Asked {
            return Err(Refusal::Repeated);
        }
        if round > progress.round {
            return Err(Refusal::Mismatch);
        }
        progress.state = HolderState::Discovered;
        Ok(self.advance())
    }

    /// Staff decide to go on.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] unless a decision is awaited.
    pub fn proceed(&mut self, by: &str, approval: Approval) -> Result<Vec<Effect>, Refusal> {
        if self.state != RequestState::AwaitingDecision {
            return Err(Refusal::WrongState);
        }
        self.decided_by = Some(by.to_owned());
        self.state = match approval {
            Approval::OnePerson => RequestState::Executing,
            Approval::TwoPersons => RequestState::AwaitingApproval,
        };
        Ok(self.advance())
    }

    /// A second person approves.
    ///
    /// # Errors
    /// [`Refusal::SamePerson`] when it is the first one, [`Refusal::WrongState`] unless an approval is awaited.
    pub fn approve(&mut self, by: &str) -> Result<Vec<Effect>, Refusal> {
        if self.state != RequestState::AwaitingApproval {
            return Err(Refusal::WrongState);
        }
        if self.decided_by.as_deref() == Some(by) {
            return Err(Refusal::SamePerson);
        }
        self.state = RequestState::Executing;
        Ok(self.advance())
    }

    /// Staff refuse, which is possible until something is carried out.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] once it is carried out or finished.
    pub fn refuse(&mut self, by: &str) -> Result<(), Refusal> {
        if !self.state.is_unfinished() || self.state == RequestState::Executing {
            return Err(Refusal::WrongState);
        }
        self.decided_by = Some(by.to_owned());
        self.state = RequestState::Refused;
        Ok(())
    }

    /// The ledger holds an entry that orders these holders.
    pub fn appended(&mut self, holders: &[String], entry: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        for name in holders {
            let Some(progress) = self.holders.get_mut(name) else {
                continue;
            };
            if progress.state != HolderState::Discovered || progress.entry.is_some() {
                continue;
            }
            progress.entry = Some(entry);
            if name != SELF || !self.kind.is_ledgered() {
                progress.state = HolderState::Ordered;
                effects.push(Effect::Order {
                    holder: name.clone(),
                });
            }
        }
        effects.extend(self.advance());
        effects
    }

    /// A holder gave proof for a ledger entry. Whether the proof is good has been judged before.
    ///
    /// # Errors
    /// [`Refusal`] when it was not ordered by this entry, or gave proof before.
    pub fn proven(&mut self, holder: &str, entry: u64) -> Result<Vec<Effect>, Refusal> {
        let progress = self.holders.get_mut(holder).ok_or(Refusal::UnknownHolder)?;
        if progress.entry != Some(entry) {
            return Err(Refusal::Mismatch);
        }
        match progress.state {
            HolderState::Ordered | HolderState::Void => progress.state = HolderState::Proven,
            HolderState::Proven => return Err(Refusal::Repeated),
            HolderState::Asked | HolderState::Discovered | HolderState::Retired => {
                return Err(Refusal::Mismatch);
            }
        }
        Ok(self.advance())
    }

    /// A holder's database was restored: what it said is void, whichever entry it was about. The holder has caught up with
    /// the ledger when it says so, and repeats what still holds.
    pub fn restored(&mut self, holder: &str) -> Vec<Effect> {
        if self.closing {
            return Vec::new();
        }
        let round = self.round;
        let Some(progress) = self.holders.get_mut(holder) else {
            return Vec::new();
        };
        match (self.state, progress.state) {
            (
                RequestState::Executing,
                HolderState::Ordered | HolderState::Proven | HolderState::Void,
            ) => {
                progress.state = HolderState::Void;
                vec![Effect::Order {
                    holder: holder.to_owned(),
                }]
            }
            (
                RequestState::Discovering | RequestState::AwaitingDecision,
                HolderState::Discovered,
            ) => {
                *progress = Progress::asked(round);
                self.reopen_discovery();
                vec![Effect::Ask {
                    holder: holder.to_owned(),
                    round,
                }]
            }
            _ => Vec::new(),
        }
    }

    /// Staff took a holder out of service, in the ledger: its answer is no longer awaited.
    pub fn retire(&mut self, holder: &str) -> Vec<Effect> {
        match self.holders.get_mut(holder) {
            Some(progress)
                if self.state.is_unfinished()
                    && !self.closing
                    && progress.state != HolderState::Proven =>
            {
                progress.state = HolderState::Retired;
                self.advance()
            }
            _ => Vec::new(),
        }
    }

    /// Ledger and certificate are made: the request is finished.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] unless every holder has proof.
    pub fn close(&mut self, retained: Retained) -> Result<(), Refusal> {
        if !self.closing || self.state != RequestState::Executing {
            return Err(Refusal::WrongState);
        }
        self.state = match retained {
            Retained::Nothing => RequestState::Completed,
            Retained::Something => RequestState::PartiallyRetained,
        };
        Ok(())
    }
}

/// How many persons a decision takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// The decision counts at once.
    OnePerson,
    /// Another person approves it.
    TwoPersons,
}

/// Whether something is kept on a legal basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retained {
    /// Everything is erased.
    Nothing,
    /// Something is kept.
    Something,
}
