//! The reader of address files (MdB2, MdB1, PI-API, ON-API): bytes become rows, or violations with line, field, value, rule.
//!
//! The order is fixed: the whole file passes a [`CharsetProbe`], then [`AddressFile::open`] recognises the format; rows are
//! cut by [`Records`] (text) or [`Objects`] (JSON), and every one of them is judged by [`read_row`].

mod charset;
mod columns;
mod damage;
mod delimiter;
mod field;
mod fields;
mod file;
mod format;
mod named;
mod objects;
mod on_api;
mod post;
mod premises;
mod records;
mod rejected;
mod row;
mod said;
mod values;

pub use charset::{Charset, CharsetProbe};
pub use columns::{Columns, REJECTED_BECAUSE};
pub use delimiter::Delimiter;
pub use field::Field;
pub use file::{AddressFile, FileRow, Hints, Opened, Raw, RowVerdict};
pub use format::Format;
pub use named::{DividedPost, NamedPeople, OWNER_NAME};
pub use objects::{Object, Objects};
pub use post::{Headings, JudgedPost, Post};
pub use records::{Entry, Records};
pub use row::{AccessRow, Judge, read_form, read_row};
pub use said::Said;

/// Why a whole file cannot be read. It is shown to whoever sent it and holds no value of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// In English.
    pub sentence: String,
    /// Stable: `REFUSAL_REASON_…` of registry.proto, to say it in another language.
    pub reason: &'static str,
    /// What the sentence says of numbers and words, in its order.
    pub arguments: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(reason: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            reason,
            arguments: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, argument: impl std::fmt::Display) -> Self {
        self.arguments.push(argument.to_string());
        self
    }
}
