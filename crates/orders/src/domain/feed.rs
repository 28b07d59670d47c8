//! A provider's place in its feed of order changes.
//!
//! Changes are counted per network and provider, without a gap, and the number is taken under a row lock in the
//! transaction that commits it: whoever has read change 7 can be sure that no change below 8 appears later.
//! A count that was handed out and is lost with a restore makes a new epoch (decisions.md 9).

use std::fmt;

/// Where a provider has come in its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Of which life of the feed.
    pub epoch: i64,
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
        Ok(Self {
            epoch: count(epoch)?,
            change: count(change)?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.change)
    }
}

fn count(text: &str) -> Result<i64, CursorError> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(CursorError)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_given_comes_back() {
        let cursor = Cursor {
            epoch: 7,
            change: 42,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "42", "x.1", "7.-1", "7.", "+7.1", "7.1.1"] {
            assert_eq!(Cursor::parse(text), Err(CursorError), "{text}");
        }
    }
}
