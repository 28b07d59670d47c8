//! Data map, vault, tokens, access log, ledger watermark and fence, the holder of personal data.
//!
//! A service declares what it holds ([`DataMap`]); sealing, finding, discovery, export and erasure come from it.
//! [`Privacy`] is for the service's use cases; [`Holder`] answers the rights service.

mod aead;
mod batch;
mod data_map;
mod error;
mod facade;
mod holder;
mod identifier;
mod merkle;
mod migration;
mod own_tables;
mod schema;
mod store;
mod tokens;
mod vault;

pub use batch::{ACCESS_LOG_SEALED, AccessBatch};
pub use data_map::{
    Category, Column, ColumnKind, DataMap, Link, Named, OnErasure, Retention, RowErasure, Table,
};
pub use error::PrivacyError;
pub use facade::{AccessEntry, OpenItem, Privacy, Reading, SealItem, Seals};
pub use holder::{FENCE, Holder, HolderHooks, HolderParts, LEDGER_BEHIND, NoHooks};
pub use identifier::{Admission, Identifier, Known, Origin, SubjectId};
pub use migration::migrations;
pub use own_tables::OWN_TABLES;
pub use schema::{Undeclared, check_schema};
pub use tokens::{Token, Tokens};
pub use vault::{Doomed, Epoch, Vault};
