//! How long a message is tried again.

use std::time::Duration;

use crate::due;

/// When a message that failed for now comes back, and when it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Ceiling of the first wait; it doubles with each failure.
    pub first: Duration,
    /// No ceiling is higher than this.
    pub longest: Duration,
    /// Calls of the handler before the message becomes a dead letter.
    pub attempts: u32,
}

impl Default for RetryPolicy {
    /// 1 s doubling to 1 h, 64 attempts: about 27 hours on average.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_hours(1),
            attempts: 64,
        }
    }
}

impl RetryPolicy {
    /// The wait after the `failures`-th failure (1 is the first).
    pub(crate) fn wait(&self, failures: u32) -> Duration {
        due::full_jitter(self.first, self.longest, failures.saturating_sub(1))
    }

    /// Whether no further attempt is allowed.
    pub(crate) fn exhausted(&self, attempts: u32) -> bool {
        attempts >= self.attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_attempts_end() {
        let policy = RetryPolicy {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(8),
            attempts: 3,
        };
        for (failures, ceiling) in [(1, 1), (2, 2), (3, 4), (4, 8), (40, 8)] {
            assert!((0..50).all(|_| policy.wait(failures) <= Duration::from_secs(ceiling)));
        }
        assert!(!policy.exhausted(2) && policy.exhausted(3));
    }
}
