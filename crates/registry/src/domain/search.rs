//! Finding places by typed text. Only addresses are looked at; nothing of a person is in here.

mod index;
mod text;

pub use index::{IndexedAccess, SearchIndex};
