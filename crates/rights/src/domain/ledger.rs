//! Ledger entries and their chain.
//!
//! The hash covers the entry's head alone; what concerns one holder (its replay handle and decisions) is in the head as a
//! salted digest, so that handles can be dropped when the last backup has expired and the chain stays verifiable.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Holders are to erase a person.
    ErasureOrdered,
    /// Every holder has proof.
    Completed,
    /// Staff took a holder out of service.
    HolderRetired,
    /// A person said no to a holder, or never said yes; a restore must not undo it (decisions.md 7).
    OptOut,
}

impl EntryKind {
    /// The word in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ErasureOrdered => "erasure_ordered",
            Self::Completed => "completed",
            Self::HolderRetired => "holder_retired",
            Self::OptOut => "opt_out",
        }
    }
}

/// What the hash is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The number; the first is 1, and there is no gap.
    pub entry: u64,
    /// The hash of the entry before, hexadecimal; zeros for the first.
    pub previous: String,
    /// What it says.
    pub kind: String,
    /// The network; empty for what concerns all.
    pub network: String,
    /// The request, or empty.
    pub request_id: String,
    /// Tells apart entries of one kind of one request: a holder that joined later.
    pub scope: String,
    /// When, in UTC with microseconds.
    pub at: String,
    /// The holders that it concerns, in order of their names.
    pub holders: Vec<HolderDigest>,
}

/// What the head holds of one holder's part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolderDigest {
    /// Who.
    pub holder: String,
    /// SHA-256 over salt, handle and decisions, hexadecimal.
    pub digest: String,
}

/// The hash before the first entry.
#[must_use]
pub fn genesis() -> String {
    "0".repeat(64)
}

/// The spelling of a time in an entry.
#[must_use]
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Head {
    /// The canonical bytes (RFC 8785).
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self)
            .expect("strings and small numbers are canonical JSON")
    }

    /// The hash of the entry, hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(&self.canonical())
    }
}

/// The hash of an entry's canonical bytes, hexadecimal.
#[must_use]
pub fn hash(canonical: &[u8]) -> String {
    hex::encode(digest(&SHA256, &[b"uttag ledger v1\0", canonical].concat()))
}

/// The digest of one holder's part. The salt goes with the part when it is dropped.
#[must_use]
pub fn part_digest(salt: &[u8; 16], replay_handle: &[u8], decisions: &[u8]) -> String {
    let length = u64::try_from(replay_handle.len())
        .expect("a handle fits memory")
        .to_be_bytes();
    hex::encode(digest(
        &SHA256,
        &[
            b"uttag ledger part v1\0",
            &salt[..],
            &length,
            replay_handle,
            decisions,
        ]
        .concat(),
    ))
}

/// Where a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's chain is broken at entry {entry}")]
pub struct Broken {
    /// The entry that does not follow from the one before.
    pub entry: u64,
}

/// Checks that an entry is the next one, and answers its hash.
///
/// # Errors
/// [`Broken`] when number, previous hash or own hash do not match.
pub fn follow(
    entry: u64,
    previous: &str,
    canonical: &[u8],
    stored_hash: &str,
) -> Result<String, Broken> {
    let broken = Broken { entry };
    let head: Head = serde_json::from_slice(canonical).map_err(|_| broken)?;
    let right = head.entry == entry && head.previous == previous && head.canonical() == canonical;
    if right && head.hash() == stored_hash {
        Ok(stored_hash.to_owned())
    } else {
        Err(broken)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn head(entry: u64, previous: String) -> Head {
        let salt = [7; 16];
        let digest = part_digest(&salt, b"handle", b"[]");
        Head {
            entry,
            previous,
            kind: EntryKind::ErasureOrdered.as_str().into(),
            network: "MALAR".into(),
            request_id: "r".into(),
            scope: String::new(),
            at: "2026-11-21T10:00:00.000000Z".into(),
            holders: vec![HolderDigest {
                holder: "orders".into(),
                digest,
            }],
        }
    }

    #[test]
    fn the_chain_follows_and_every_byte_counts() {
        let first = head(1, genesis());
        let hash = follow(1, &genesis(), &first.canonical(), &first.hash()).unwrap();
        let second = head(2, hash.clone());
        assert!(follow(2, &hash, &second.canonical(), &second.hash()).is_ok());
        assert_eq!(
            follow(2, &genesis(), &second.canonical(), &second.hash()),
            Err(Broken { entry: 2 })
        );
        let canonical = second.canonical();
        for at in 0..canonical.len() {
            let mut changed = canonical.clone();
            changed[at] ^= 1;
            assert!(
                follow(2, &hash, &changed, &second.hash()).is_err(),
                "byte {at}"
            );
        }
    }

    #[test]
    fn a_part_is_bound_to_its_handle_and_its_decisions() {
        let digest = part_digest(&[1; 16], b"ab", b"c");
        assert_ne!(digest, part_digest(&[1; 16], b"a", b"bc"));
        assert_ne!(digest, part_digest(&[2; 16], b"ab", b"c"));
    }
}
