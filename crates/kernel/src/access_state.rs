//! How far an access has come.

use crate::{ParseError, enumeration::enumeration};

enumeration! {
    /// The states of an access in ON-API 2.6.
    AccessState, "ACCESS_STATE_INVALID",
    "an access state is PLANNED, DEPLOYING, HOMESPASSED, CONNECTED, DISCONNECTED, INMIGRATION or OUTMIGRATION" {
        /// Planned, give or take a week.
        Planned = "PLANNED",
        /// Being built, give or take days.
        Deploying = "DEPLOYING",
        /// Fibre lies at the property border.
        HomesPassed = "HOMESPASSED",
        /// Connected: services can be sold.
        Connected = "CONNECTED",
        /// No longer connected.
        Disconnected = "DISCONNECTED",
        /// Moving in from another operator; frozen, orders for later may be accepted.
        InMigration = "INMIGRATION",
        /// Moving out to another operator; frozen, orders should be refused.
        OutMigration = "OUTMIGRATION",
    }
}

impl AccessState {
    /// Whether services can be sold here now.
    pub const fn is_sellable(self) -> bool {
        matches!(self, Self::Connected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_as_it_is_written() {
        for state in AccessState::ALL {
            assert_eq!(AccessState::parse(state.as_str()).unwrap(), *state);
            assert_eq!(state.is_sellable(), state.as_str() == "CONNECTED");
        }
        assert!(AccessState::parse("connected").is_err());
    }
}
