//! The whole chain on PostgreSQL and RabbitMQ, each service a process of its own.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod chain;

mod restore;
mod stopped;
mod survey;
