//! The floor of every service, tested from outside: real files, real sockets, a real PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod admin;
mod caller;
mod compatibility;
mod config;
mod database;
mod identity;
mod installation;
mod lifecycle;
mod mutual_tls;
mod outgoing;
mod permission_document;
mod permissions;
mod served;
mod serving;
