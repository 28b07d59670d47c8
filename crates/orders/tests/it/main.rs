//! The orders service from outside: real gRPC clients, both databases, a real mail server, a real bus.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod catalogue;
mod checkout;
mod erasure;
mod feed;
mod following;
mod forms;
mod forms_rights;
mod messages;
mod moving;
mod neighbours;
mod neutrality;
mod notices;
mod offers;
mod office_log;
mod ordering;
mod own_offerings;
mod provider;
mod provider_systems;
mod reminders;
mod schema;
mod staff;
mod statistics;
mod strangers;
mod technical;
mod technical_events;
mod technical_rights;
mod technical_staff;
mod webhooks;
mod world;
