//! The queue against a real mail server, on SQLite and PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod delivery;
mod world;
