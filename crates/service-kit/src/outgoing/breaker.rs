//! Whether a destination is called at all: after failures in a row it is left alone, then tried by one call.

use chrono::{DateTime, TimeDelta, Utc};

use super::{FAILURES_TO_OPEN, OPEN_FOR};

/// How long the others wait while one call tries.
const TRIAL: TimeDelta = TimeDelta::seconds(5);

/// The breaker of one destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Breaker {
    /// It works, or has failed so often in a row.
    #[default]
    Works,
    Failed(u32),
    /// Left alone until then.
    Open(DateTime<Utc>),
    /// One call tries.
    Trying,
}

impl Breaker {
    /// Whether a call may be made.
    ///
    /// # Errors
    /// When to ask again.
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        match *self {
            Self::Works | Self::Failed(_) => Ok(()),
            Self::Open(until) if now < until => Err(until),
            Self::Open(_) => {
                *self = Self::Trying;
                Ok(())
            }
            Self::Trying => Err(now + TRIAL),
        }
    }

    /// A call has ended; `chance` is a random number from 0 to 1.
    pub(super) fn ended(&mut self, works: bool, now: DateTime<Utc>, chance: f64) {
        *self = match *self {
            _ if works => Self::Works,
            Self::Works if FAILURES_TO_OPEN > 1 => Self::Failed(1),
            Self::Failed(failures) if failures + 1 < FAILURES_TO_OPEN => Self::Failed(failures + 1),
            // A call that was under way when it opened changes nothing.
            Self::Open(until) if now < until => Self::Open(until),
            _ => {
                let wait = OPEN_FOR.mul_f64(1.0 + chance.clamp(0.0, 1.0));
                Self::Open(now + TimeDelta::from_std(wait).unwrap_or_default())
            }
        };
    }

    /// A call was broken off by its caller: nothing is known of the destination.
    pub(super) fn abandoned(&mut self, now: DateTime<Utc>) {
        if *self == Self::Trying {
            *self = Self::Open(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_one_call_tries() {
        let mut now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut breaker = Breaker::default();
        for _ in 1..FAILURES_TO_OPEN {
            breaker.admit(now).unwrap();
            breaker.ended(false, now, 0.0);
        }
        breaker.admit(now).unwrap();
        breaker.ended(true, now, 0.0);
        assert_eq!(breaker, Breaker::Works, "not in a row");
        for _ in 0..FAILURES_TO_OPEN {
            breaker.admit(now).unwrap();
            breaker.ended(false, now, 0.5);
        }
        let until = now + TimeDelta::seconds(45);
        assert_eq!(breaker.admit(now), Err(until), "with its jitter");
        breaker.ended(false, now, 1.0);
        assert_eq!(breaker.admit(now), Err(until), "it was under way");

        now = until;
        assert_eq!(breaker.admit(now), Ok(()));
        assert_eq!(breaker.admit(now), Err(now + TRIAL), "one tries");
        breaker.abandoned(now);
        assert_eq!(breaker.admit(now), Ok(()), "another one tries");
        breaker.ended(false, now, 0.0);
        let until = now + TimeDelta::seconds(30);
        assert_eq!(breaker.admit(now), Err(until));
        assert_eq!(breaker.admit(until), Ok(()));
        breaker.ended(true, until, 0.0);
        assert_eq!(breaker, Breaker::Works);
    }
}
