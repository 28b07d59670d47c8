//! The binary as its users run it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod columns;
mod command_line;
mod demo;
mod deploy;
mod held_imports;
mod installation;
mod interrupted;
mod provisioning;
mod pulling;
mod restore;
mod uttag;
