//! The whole chain on PostgreSQL and RabbitMQ, each service a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "tests; the fault test tells what it does"
)]

mod administration;
mod canaries;
mod chain;
mod chaos;
mod evidence;
mod mails;
mod orders_survive;
mod planted;
mod restore;
mod stopped;
mod survey;
mod tap;
mod trace;
