//! Sealing, finding, erasing, proving and replaying, with a holder of its own tables, on both stores.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod access_log;
mod diary;
mod erasure;
mod export;
mod forgotten;
mod many;
mod opt_out;
mod restore;
mod rights;
mod schema;
mod sealing;
mod world;
