//! Finding places by typed text, and the place of a given address. Only addresses are looked at; nothing of a person is in
//! here.

mod abbreviation;
mod base;
mod build;
mod candidates;
mod flat;
mod gone;
mod index;
mod matching;
mod meant;
mod query;
mod reason;
#[cfg(test)]
mod recall_tests;
#[cfg(test)]
mod sample;
mod segment;
mod text;
mod texts;
mod typo;
mod vocabulary;

pub use base::IndexedAccess;
pub use build::Builder;
pub use index::{Found, SearchIndex};
pub use matching::{AddressMatch, Difference, DifferenceKind, Missing};
pub use reason::{How, Part, Reason};
