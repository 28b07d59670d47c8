//! The registry from outside: real gRPC clients, both databases, a real bus.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod callers;
mod contract_changes;
mod deciding;
mod dropping;
mod editing;
mod erased_meanwhile;
mod following;
mod formats;
mod importing;
mod killed;
mod left_out;
mod market;
mod market_readers;
mod moved_out;
mod people;
mod places;
mod posts;
mod protected;
mod provisioning;
mod pulling;
mod put_back;
mod put_back_people;
mod remarks;
mod requests;
mod rights;
mod scale;
mod schema;
mod searching;
mod services;
mod sessions;
mod silence;
mod staff;
mod waiting;
mod world;
