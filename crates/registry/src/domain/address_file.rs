//! The reader of address files (MdB2 and its relatives): bytes become rows, or violations with line, field, value, rule.
//!
//! The order is fixed: the whole file passes a [`CharsetProbe`], then [`Records`] cuts it into rows, the first of which
//! becomes [`Columns`]; every further one is judged by [`read_row`].

mod charset;
mod columns;
mod delimiter;
mod fields;
mod file;
mod records;
mod row;

pub use charset::{Charset, CharsetProbe};
pub use columns::{Columns, Field, REJECTED_BECAUSE};
pub use delimiter::Delimiter;
pub use file::{AddressFile, FileRow, Opened, RowVerdict};
pub use records::{Entry, Records};
pub use row::{AccessRow, read_row};

/// Why a whole file cannot be read. The sentence is shown to whoever sent it and holds no value of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}
