//! Messages in and out.

pub mod incoming;
pub mod outgoing;
