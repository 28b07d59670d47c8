//! Where a subscription is.

/// The state of a subscription. ON-API says the first two; what has ended has a disconnection date instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionState {
    /// The service works.
    Activated,
    /// It rests.
    Suspended,
    /// There is none any more.
    Ended,
}

impl SubscriptionState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Activated, Self::Suspended, Self::Ended];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }

    /// The state of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::SubscriptionState;

    #[test]
    fn words_and_states_are_the_same_set() {
        for state in SubscriptionState::ALL {
            assert_eq!(SubscriptionState::parse(state.as_str()), Some(state));
        }
        assert_eq!(SubscriptionState::parse("closed"), None);
    }
}
