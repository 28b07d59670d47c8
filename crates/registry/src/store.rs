//! Rows and queries of the registry. Every query is scoped by network.
#![expect(
    missing_docs,
    reason = "columns; the migration and the data map say what they hold"
)]

pub mod access;
pub mod address_import;
pub mod batches;
pub mod network_revision;
pub mod resident;

pub use batches::parameters;
