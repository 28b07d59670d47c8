//! The CRM as its callers see it: real gRPC, real SMTP, SQLite and PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod confirm;
mod quarantine;
mod rights;
mod schema;
mod scope;
mod world;
