//! HTTP for browsers and partners: public pages, staff pages, REST. It keeps users, sessions, provider credentials and
//! networks, is a holder of personal data like the services, and is the only issuer of callers' tokens.

pub mod admin;
pub mod app;
pub mod config;
pub mod credentials;
pub mod directory;
pub mod domain;
pub mod http;
pub mod i18n;
pub mod import_credentials;
pub mod keys;
pub mod limits;
pub mod networks;
pub mod personal_data;
pub mod services;
pub mod state;
pub mod users;

mod api;
mod legacy;
mod onapi;
mod pages;
mod serve;
mod store;

pub use admin::Administration;
pub use config::{Config, DEFAULTS, Settings, program};
pub use directory::Directory;
pub use serve::{directory, run};
