//! A provider's place in the feed of a network's accesses.
//!
//! What changes accesses of a network takes one turn after the other, and every access carries the number of the turn
//! that changed it last. In the order of turn and access id whoever has passed a place can be sure that nothing appears
//! below it later. A turn that was handed out and is lost with a restore makes a new epoch (decisions.md 9).

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::AccessId;

/// Where a reader has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Of which life of the feed.
    pub epoch: i64,
    /// The turn of the last access that was seen.
    pub revision: i64,
    /// That access; empty is before the first of the turn.
    pub access_id: String,
}

/// Whether what a reader names, to be given what is *after* it, is from before an epoch that began with that whole second.
/// The last microsecond before it is not: whoever has HTTP's whole seconds names it to be given the second itself, and no
/// turn of the epoch is earlier than its beginning.
pub fn is_from_before(since: DateTime<Utc>, began: DateTime<Utc>) -> bool {
    began - since > TimeDelta::microseconds(1)
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that this feed has given")]
pub struct CursorError;

impl Cursor {
    /// Before the first access.
    pub fn beginning(epoch: i64) -> Self {
        Self {
            epoch,
            revision: 0,
            access_id: String::new(),
        }
    }

    /// Reads what [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(CursorError);
        let cursor = Self {
            epoch: count(next()?)?,
            revision: count(next()?)?,
            access_id: next()?.to_owned(),
        };
        let known = cursor.access_id.is_empty() || AccessId::parse(&cursor.access_id).is_ok();
        known.then_some(cursor).ok_or(CursorError)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch, self.revision, self.access_id)
    }
}

fn count(text: &str) -> Result<i64, CursorError> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(CursorError)
}
