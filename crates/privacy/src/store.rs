//! The tables that privacy keeps in every service's database.

pub(crate) mod access_batch;
pub(crate) mod access_chain;
pub(crate) mod access_log;
pub(crate) mod holder_task;
pub(crate) mod ledger_applied;
pub(crate) mod ledger_position;
pub(crate) mod subject;
pub(crate) mod subject_token;
pub(crate) mod suppressed_token;
