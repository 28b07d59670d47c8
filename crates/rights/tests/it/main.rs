//! The rights service over real gRPC and the local bus, with two holders, on SQLite and PostgreSQL.
#![recursion_limit = "512"]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    dead_code,
    reason = "tests"
)]

mod access;
mod access_log;
mod decisions;
mod erasure;
mod forgery;
mod holders;
mod ledger;
mod opt_out;
mod requests;
mod schema;
mod speed;
mod test_holder;
mod world;
