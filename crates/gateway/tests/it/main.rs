//! The gateway over real HTTP. The services behind it are stand-ins that speak real gRPC and check callers' tokens as the
//! services do; the database, the key store and the tokens are real.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod api;
mod browser;
mod contracts;
mod credentials;
mod fakes;
mod harness;
mod legacy;
mod market;
mod office;
mod onapi;
mod order_form;
mod order_forms;
mod own_network;
mod permissions;
mod process;
mod protected;
mod public;
mod pulls;
mod sign_in;
mod staff;
mod store;
mod systems;
mod technical_orders;
mod webhooks;
