//! Use cases, one per file: what staff and partners may do with the gateway's own data.

pub mod accept_invitation;
pub mod api_login;
pub mod contracts;
pub mod decide_import;
pub mod document;
pub mod enrol;
pub mod error;
pub mod import_file;
pub mod market_pages;
pub mod name_networks;
pub mod office;
pub mod order_forms;
pub mod passwords;
pub mod provider_token;
pub mod pull_file;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod systems;
pub mod technical;
pub mod totp;
pub mod webhooks;
