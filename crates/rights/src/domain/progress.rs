//! Where one holder stands with one request.

/// The stations of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderState {
    /// Asked what it has; silence is not an answer.
    Asked,
    /// Has said what it has.
    Discovered,
    /// Ordered to carry it out.
    Ordered,
    /// Has given signed proof.
    Proven,
    /// Its proof was given by a database that was restored since; ordered again (decisions.md 8).
    Void,
    /// Taken out of service by staff, in the ledger.
    Retired,
}

/// One holder's part of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub(super) state: HolderState,
    /// The discovery round in which it was asked last.
    pub(super) round: u32,
    /// The ledger entry that orders it; 0 for kinds that are not ledgered.
    pub(super) entry: Option<u64>,
}

impl HolderState {
    /// The word in rows and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Discovered => "discovered",
            Self::Ordered => "ordered",
            Self::Proven => "proven",
            Self::Void => "void",
            Self::Retired => "retired",
        }
    }

    /// From a row.
    #[must_use]
    pub fn restore(text: &str) -> Option<Self> {
        [
            Self::Asked,
            Self::Discovered,
            Self::Ordered,
            Self::Proven,
            Self::Void,
            Self::Retired,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }

    /// Whether an answer of this holder is awaited in this station.
    #[must_use]
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Asked | Self::Ordered | Self::Void)
    }
}

impl Progress {
    pub(super) const fn asked(round: u32) -> Self {
        Self {
            state: HolderState::Asked,
            round,
            entry: None,
        }
    }

    /// From a row.
    #[must_use]
    pub const fn restore(state: HolderState, round: u32, entry: Option<u64>) -> Self {
        Self {
            state,
            round,
            entry,
        }
    }

    /// The station.
    #[must_use]
    pub const fn state(&self) -> HolderState {
        self.state
    }

    /// The discovery round in which it was asked last.
    #[must_use]
    pub const fn round(&self) -> u32 {
        self.round
    }

    /// The ledger entry that orders it, once there is one.
    #[must_use]
    pub const fn entry(&self) -> Option<u64> {
        self.entry
    }
}
