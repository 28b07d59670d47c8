//! When a call that failed is made again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Waits that double, with jitter, up to an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure; it doubles with each.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// At this age it is given up.
    pub give_up: Duration,
}

impl Backoff {
    /// When to try again after so many failures of what began at `begun`; nothing when it is time to give up. `chance` is a
    /// random number from 0 to 1: the wait is half to the whole of its longest, so that those who failed together do not come
    /// back together. The last attempt is at the age itself.
    pub fn next(
        &self,
        failures: u32,
        begun: DateTime<Utc>,
        now: DateTime<Utc>,
        chance: f64,
    ) -> Option<DateTime<Utc>> {
        let end = begun + TimeDelta::from_std(self.give_up).ok()?;
        if now >= end {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let most = self.first.saturating_mul(doubled).min(self.longest);
        let wait = most.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        Some((now + TimeDelta::from_std(wait).ok()?).min(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Backoff = Backoff {
        first: Duration::from_secs(10),
        longest: Duration::from_mins(1),
        give_up: Duration::from_mins(10),
    };

    #[test]
    fn waits_double_within_their_jitter_and_end_with_the_age() {
        let begun = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let wait = |failures, chance| {
            let next = POLICY.next(failures, begun, begun, chance).unwrap();
            (next - begun).num_seconds()
        };
        assert_eq!([1, 2, 3, 4, 99].map(|n| wait(n, 1.0)), [10, 20, 40, 60, 60]);
        assert_eq!([1, 2, 3, 4, 99].map(|n| wait(n, 0.0)), [5, 10, 20, 30, 30]);
        let after = |seconds| begun + TimeDelta::seconds(seconds);
        assert_eq!(
            POLICY.next(9, begun, after(590), 1.0),
            Some(after(600)),
            "not beyond the age"
        );
        assert_eq!(POLICY.next(9, begun, after(600), 1.0), None);
    }
}
