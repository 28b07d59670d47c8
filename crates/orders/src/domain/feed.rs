//! A provider's place in its feed of order changes.
//!
//! Changes are counted per network and provider, without a gap, and the number is taken under a row lock in the
//! transaction that commits it: whoever has read change 7 can be sure that no change below 8 appears later.
//! A count that was handed out and is lost with a restore makes a new epoch (decisions.md 9).

use std::fmt;

use uuid::Uuid;

/// Where a provider has come in its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Of which life of the feed.
    pub epoch: Uuid,
    /// The last change that was seen; 0 is none.
    pub change: i64,
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that this feed has given")]
pub struct CursorError;

impl Cursor {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Result<Self, CursorError> {
        let (epoch, change) = text.split_once('.').ok_or(CursorError)?;
        let epoch = Uuid::try_parse(epoch).map_err(|_| CursorError)?;
        let change = change.parse().ok().filter(|change| *change >= 0).ok_or(CursorError)?;
        Ok(Self { epoch, change })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch.simple(), self.change)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_given_comes_back() {
        let cursor = Cursor { epoch: Uuid::from_u128(7), change: 42 };
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "42", "x.1", "00000000000000000000000000000007.-1", "00000000000000000000000000000007."] {
            assert_eq!(Cursor::parse(text), Err(CursorError), "{text}");
        }
    }
}
