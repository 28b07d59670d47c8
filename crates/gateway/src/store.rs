//! What the gateway keeps: entities and the queries on them. Every query that starts from a person's or a provider's
//! wish is scoped by network; the exceptions find a row by a keyed hash that only its owner can know.

pub mod audit;
pub mod import_credential;
pub mod invitation;
pub mod legacy_login;
pub mod network;
pub mod provider_credential;
pub mod staff_session;
pub mod staff_user;
