//! Whether a batch of a holder's access log follows from those that came before it.

use privacy::AccessBatch;

/// What can be wrong with the copy of an access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The batch before has not come (yet).
    Gap,
    /// It names another batch before it than the one that is there.
    BrokenChain,
    /// There is another batch of this number.
    ReusedNumber,
    /// It is not signed by the holder.
    Signature,
    /// Its lines are not those that were signed.
    AlteredLines,
    /// The holder went on from an earlier batch: its database was put back. No harm by itself, since nothing is forgotten
    /// here, but it is to be seen.
    PutBack,
}

/// A batch that is there already, as far as the next one is judged by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its epoch.
    pub epoch: u64,
    /// Its number.
    pub number: u64,
}

/// What is known around a new batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// The batch that it names as the one before.
    pub named: Option<Known>,
    /// Whether a batch of its own epoch and the number before is there.
    pub has_number_before: bool,
    /// Whether another batch names the same one before it.
    pub has_sibling: bool,
}

impl Flaw {
    /// The word of the wire and the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::BrokenChain => "broken_chain",
            Self::ReusedNumber => "reused_number",
            Self::Signature => "signature",
            Self::AlteredLines => "altered_lines",
            Self::PutBack => "put_back",
        }
    }
}

/// What is wrong with a batch whose number is new.
#[must_use]
pub fn judge(batch: &AccessBatch, around: &Around) -> Option<Flaw> {
    let begins = batch.previous == AccessBatch::FIRST;
    if begins != (batch.number == 1) {
        return Some(Flaw::BrokenChain);
    }
    if !begins {
        let follows = |named: Known| named.number + 1 == batch.number && named.epoch <= batch.epoch;
        match around.named {
            Some(named) if !follows(named) => return Some(Flaw::BrokenChain),
            Some(_) => {}
            None if around.has_number_before => return Some(Flaw::BrokenChain),
            None => return Some(Flaw::Gap),
        }
    }
    around.has_sibling.then_some(Flaw::PutBack)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, missing_docs, reason = "tests")]
mod tests {
    use super::*;

    fn batch(epoch: u64, number: u64) -> AccessBatch {
        AccessBatch {
            holder: "crm".into(),
            epoch,
            number,
            previous: if number == 1 {
                AccessBatch::FIRST
            } else {
                [7; 32]
            },
            root: [1; 32],
            lines: 1,
            sealed_at: chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        }
    }

    fn after(epoch: u64, number: u64) -> Around {
        Around {
            named: Some(Known { epoch, number }),
            ..Around::default()
        }
    }

    #[test]
    fn what_follows_is_well() {
        assert_eq!(judge(&batch(1, 1), &Around::default()), None);
        assert_eq!(judge(&batch(1, 2), &after(1, 1)), None);
        assert_eq!(judge(&batch(3, 2), &after(1, 1)), None, "a new epoch");
    }

    #[test]
    fn what_does_not_is_told_apart() {
        let sibling = Around {
            has_sibling: true,
            ..after(1, 4)
        };
        let skipped = Around {
            has_number_before: true,
            ..Around::default()
        };
        let begins_late = AccessBatch {
            previous: AccessBatch::FIRST,
            ..batch(1, 2)
        };
        let not_begun = AccessBatch {
            previous: [7; 32],
            ..batch(1, 1)
        };
        for (batch, around, flaw) in [
            (batch(1, 5), Around::default(), Flaw::Gap),
            (batch(1, 5), skipped, Flaw::BrokenChain),
            (batch(1, 5), after(1, 3), Flaw::BrokenChain),
            (batch(1, 5), after(2, 4), Flaw::BrokenChain),
            (begins_late, Around::default(), Flaw::BrokenChain),
            (not_begun, Around::default(), Flaw::BrokenChain),
            (batch(2, 5), sibling, Flaw::PutBack),
        ] {
            assert_eq!(judge(&batch, &around), Some(flaw), "{batch:?} {around:?}");
        }
    }
}
