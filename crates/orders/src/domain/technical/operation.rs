//! What a technical order asks of the network (on-api.md §1.3), and what that makes of a subscription.

use super::subscription::SubscriptionState;

/// The operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A service at an access; becomes a subscription.
    Activate,
    /// Ends a subscription.
    Deactivate,
    /// Rests a subscription.
    Suspend,
    /// Wakes it.
    Resume,
    /// Gives it other references, characteristics or equipment.
    Modify,
    /// Gives it another service.
    Change,
}

/// What an operation does to a subscription in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It becomes, or stays, so, and is changed.
    Becomes(SubscriptionState),
    /// It is so already.
    Nothing,
    /// It has ended: nothing can be done with it.
    Refused,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 6] = [
        Self::Activate,
        Self::Deactivate,
        Self::Suspend,
        Self::Resume,
        Self::Modify,
        Self::Change,
    ];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Modify => "modify",
            Self::Change => "change",
        }
    }

    /// The operation of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.as_str() == word)
    }

    /// What it does to a subscription that is in `state`. CHANGE to the same service is the caller's to know.
    pub const fn effect(self, state: SubscriptionState) -> Effect {
        use SubscriptionState::{Activated, Ended, Suspended};
        match (self, state) {
            (Self::Deactivate, Activated | Suspended) => Effect::Becomes(Ended),
            (Self::Suspend, Activated) => Effect::Becomes(Suspended),
            (Self::Resume, Suspended) => Effect::Becomes(Activated),
            (Self::Modify | Self::Change, Activated | Suspended) => Effect::Becomes(state),
            (Self::Deactivate, Ended)
            | (Self::Suspend, Suspended)
            | (Self::Resume, Activated)
            | (Self::Activate, Activated | Suspended) => Effect::Nothing,
            (
                Self::Activate | Self::Suspend | Self::Resume | Self::Modify | Self::Change,
                Ended,
            ) => Effect::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubscriptionState::{Activated, Ended, Suspended};

    #[test]
    fn what_has_been_done_is_nothing_to_do() {
        for (operation, state) in [
            (Operation::Activate, Activated),
            (Operation::Deactivate, Ended),
            (Operation::Suspend, Suspended),
            (Operation::Resume, Activated),
        ] {
            assert_eq!(operation.effect(state), Effect::Nothing, "{operation:?}");
        }
    }

    #[test]
    fn what_has_ended_stays_ended() {
        for operation in Operation::ALL {
            let effect = operation.effect(Ended);
            assert!(!matches!(effect, Effect::Becomes(_)), "{operation:?}");
        }
    }

    #[test]
    fn each_operation_has_its_effect() {
        for (operation, from, to) in [
            (Operation::Deactivate, Activated, Ended),
            (Operation::Deactivate, Suspended, Ended),
            (Operation::Suspend, Activated, Suspended),
            (Operation::Resume, Suspended, Activated),
            (Operation::Modify, Suspended, Suspended),
            (Operation::Change, Activated, Activated),
        ] {
            assert_eq!(operation.effect(from), Effect::Becomes(to), "{operation:?}");
        }
    }

    #[test]
    fn words_and_operations_are_the_same_set() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.as_str()), Some(operation));
        }
        assert_eq!(Operation::parse("cancel"), None);
    }
}
