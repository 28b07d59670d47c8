//! A batch of the access log: what it binds, and how it follows from the one before.

use api::privacy as pb;
use chrono::{DateTime, Utc};

use crate::holder::{moment, timestamp};
use crate::merkle::{Hash, sha256};

/// Type of the event that carries a batch, after the holder's name.
pub const ACCESS_LOG_SEALED: &str = "access_log.sealed.v1";

/// The head of a batch of one holder's access log. Its hash goes into the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessBatch {
    /// Whose log.
    pub holder: String,
    /// Rises when the holder's database was put back; within one no number is used twice (decisions.md 9).
    pub epoch: u64,
    /// The first is 1; each follows the one before.
    pub number: u64,
    /// Hash of the batch before; [`AccessBatch::FIRST`] for number 1.
    pub previous: [u8; 32],
    /// Merkle tree hash over the lines (RFC 6962 section 2.1).
    pub root: [u8; 32],
    /// How many lines.
    pub lines: u32,
    /// When, to the microsecond.
    pub sealed_at: DateTime<Utc>,
}

impl AccessBatch {
    /// What the first batch names as the one before.
    pub const FIRST: [u8; 32] = [0; 32];

    /// From the wire; nothing when a hash has another length, the time is none, or number or epoch is 0.
    #[must_use]
    pub fn parse(wire: &pb::AccessBatch) -> Option<Self> {
        let batch = Self {
            holder: wire.holder.clone(),
            epoch: wire.epoch,
            number: wire.number,
            previous: wire.previous.as_slice().try_into().ok()?,
            root: wire.root.as_slice().try_into().ok()?,
            lines: wire.lines,
            sealed_at: wire.sealed_at.and_then(moment)?,
        };
        let countable = |n: u64| n > 0 && i64::try_from(n).is_ok();
        (countable(batch.epoch) && countable(batch.number)).then_some(batch)
    }

    /// To the wire, with the digest of the sealed lines that travel with it.
    #[must_use]
    pub fn to_wire(&self, lines: &[u8]) -> pb::AccessBatch {
        pb::AccessBatch {
            holder: self.holder.clone(),
            epoch: self.epoch,
            number: self.number,
            previous: self.previous.to_vec(),
            root: self.root.to_vec(),
            lines: self.lines,
            sealed_at: Some(timestamp(self.sealed_at)),
            lines_digest: Self::digest(lines).to_vec(),
        }
    }

    /// The hash that the next batch names: over everything but the sealed form of the lines, which the root binds.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let length = u64::try_from(self.holder.len()).expect("a name fits memory");
        sha256(&[
            b"uttag access batch v1\0",
            &length.to_be_bytes(),
            self.holder.as_bytes(),
            &self.epoch.to_be_bytes(),
            &self.number.to_be_bytes(),
            &self.previous,
            &self.root,
            &self.lines.to_be_bytes(),
            &self.sealed_at.timestamp_micros().to_be_bytes(),
        ])
    }

    /// What [`pb::AccessBatch::lines_digest`] says of the sealed lines.
    #[must_use]
    pub fn digest(lines: &[u8]) -> Hash {
        sha256(&[lines])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn batch() -> AccessBatch {
        AccessBatch {
            holder: "crm".into(),
            epoch: 1,
            number: 2,
            previous: [1; 32],
            root: [2; 32],
            lines: 3,
            sealed_at: DateTime::from_timestamp_micros(1_795_000_000_000_001).unwrap(),
        }
    }

    #[test]
    fn the_wire_gives_back_what_it_was_given() {
        let batch = batch();
        let wire = batch.to_wire(b"lines");
        assert_eq!(AccessBatch::parse(&wire), Some(batch));
        assert_eq!(wire.lines_digest, AccessBatch::digest(b"lines"));
        for broken in [
            pb::AccessBatch {
                number: 0,
                ..wire.clone()
            },
            pb::AccessBatch {
                epoch: u64::MAX,
                ..wire.clone()
            },
            pb::AccessBatch {
                root: vec![2; 31],
                ..wire.clone()
            },
            pb::AccessBatch {
                sealed_at: None,
                ..wire
            },
        ] {
            assert_eq!(AccessBatch::parse(&broken), None);
        }
    }

    #[test]
    fn every_part_of_the_head_is_in_the_hash() {
        let at = DateTime::from_timestamp_micros(1_795_000_000_000_002).unwrap();
        let others = [
            AccessBatch {
                holder: "crn".into(),
                ..batch()
            },
            AccessBatch {
                epoch: 2,
                ..batch()
            },
            AccessBatch {
                number: 3,
                ..batch()
            },
            AccessBatch {
                previous: [3; 32],
                ..batch()
            },
            AccessBatch {
                root: [3; 32],
                ..batch()
            },
            AccessBatch {
                lines: 4,
                ..batch()
            },
            AccessBatch {
                sealed_at: at,
                ..batch()
            },
        ];
        for other in others {
            assert_ne!(other.hash(), batch().hash(), "{other:?}");
        }
    }
}
