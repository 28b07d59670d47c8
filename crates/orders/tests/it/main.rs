//! The orders service from outside: real gRPC clients, both databases, a real mail server, a real bus.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod catalogue;
mod erasure;
mod feed;
mod following;
mod forms;
mod forms_rights;
mod messages;
mod neighbours;
mod neutrality;
mod notices;
mod offers;
mod ordering;
mod own_offerings;
mod provider;
mod schema;
mod staff;
mod strangers;
mod technical;
mod technical_rights;
mod technical_staff;
mod webhooks;
mod world;
