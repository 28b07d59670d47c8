//! The rules: pure, synchronous; time and randomness are parameters.

pub mod access_copy;
pub mod advance;
pub mod case;
#[cfg(test)]
mod case_test;
pub mod commitment;
pub mod deadline;
pub mod evidence;
pub mod ledger;
pub mod package;
pub mod policy;
pub mod progress;
pub mod search_keys;
pub mod state;
