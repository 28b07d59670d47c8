//! The rules of contacts and consent: pure, with time and randomness as parameters.

pub mod consent;
pub mod contact;
pub mod purpose;
pub mod schedule;
pub mod token;

kernel::typed_id!(
    /// One contact of a network.
    ContactId
);
