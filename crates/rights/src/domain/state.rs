//! What a person may ask for, and where a request stands.

use api::rights as pb;

/// What the person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A copy of everything (art. 15).
    Access,
    /// To be erased (art. 17).
    Erasure,
}

/// Where a request stands; the order of the variants is the order of a request's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestState {
    /// Written down, nobody asked yet.
    Received,
    /// Holders are asked, round after round.
    Discovering,
    /// Staff see the preview.
    AwaitingDecision,
    /// The first of two persons has decided.
    AwaitingApproval,
    /// Holders carry it out.
    Executing,
    /// Every holder has given proof, nothing is left.
    Completed,
    /// Every holder has given proof; something is kept on a legal basis.
    PartiallyRetained,
    /// Staff refused, with a reason.
    Refused,
    /// The person took it back.
    Withdrawn,
}

impl RequestKind {
    /// The word in events, rows and documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Erasure => "erasure",
        }
    }

    /// From a row.
    #[must_use]
    pub fn restore(text: &str) -> Option<Self> {
        [Self::Access, Self::Erasure]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// From the wire; nothing for the unspecified kind.
    #[must_use]
    pub const fn from_wire(kind: pb::RequestKind) -> Option<Self> {
        match kind {
            pb::RequestKind::Unspecified => None,
            pb::RequestKind::Access => Some(Self::Access),
            pb::RequestKind::Erasure => Some(Self::Erasure),
        }
    }

    /// To the wire.
    #[must_use]
    pub const fn to_wire(self) -> pb::RequestKind {
        match self {
            Self::Access => pb::RequestKind::Access,
            Self::Erasure => pb::RequestKind::Erasure,
        }
    }

    /// Whether the order is written to the ledger first: what a restore must not undo (decisions.md 7).
    #[must_use]
    pub const fn is_ledgered(self) -> bool {
        matches!(self, Self::Erasure)
    }
}

impl RequestState {
    const ALL: [Self; 9] = [
        Self::Received,
        Self::Discovering,
        Self::AwaitingDecision,
        Self::AwaitingApproval,
        Self::Executing,
        Self::Completed,
        Self::PartiallyRetained,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The states in which a request still waits for somebody.
    pub const UNFINISHED: [Self; 5] = [
        Self::Received,
        Self::Discovering,
        Self::AwaitingDecision,
        Self::AwaitingApproval,
        Self::Executing,
    ];

    /// The word in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Discovering => "discovering",
            Self::AwaitingDecision => "awaiting_decision",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Executing => "executing",
            Self::Completed => "completed",
            Self::PartiallyRetained => "partially_retained",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// From a row.
    #[must_use]
    pub fn restore(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// From the wire; nothing for the unspecified state.
    #[must_use]
    pub fn from_wire(state: pb::RequestState) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.to_wire() == state)
    }

    /// To the wire.
    #[must_use]
    pub const fn to_wire(self) -> pb::RequestState {
        match self {
            Self::Received => pb::RequestState::Received,
            Self::Discovering => pb::RequestState::Discovering,
            Self::AwaitingDecision => pb::RequestState::AwaitingDecision,
            Self::AwaitingApproval => pb::RequestState::AwaitingApproval,
            Self::Executing => pb::RequestState::Executing,
            Self::Completed => pb::RequestState::Completed,
            Self::PartiallyRetained => pb::RequestState::PartiallyRetained,
            Self::Refused => pb::RequestState::Refused,
            Self::Withdrawn => pb::RequestState::Withdrawn,
        }
    }

    /// Whether somebody still has something to do.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        Self::UNFINISHED.contains(&self)
    }
}
