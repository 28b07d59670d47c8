//! When a mail that was not accepted is tried again, and when we give up.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How patient the mailer is. RFC 5321 §4.5.4.1: retry after half an hour or so, give up after four or five days;
/// we hand over to a relay that does that, so our own waits are shorter.
#[derive(Debug, Clone, Copy)]
pub struct MailRetry {
    /// The wait after the first failure; it doubles with each.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After so long a mail has failed.
    pub give_up: Duration,
}

impl Default for MailRetry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_mins(30),
            give_up: Duration::from_hours(3 * 24),
        }
    }
}

impl MailRetry {
    /// When to try again after so many attempts; nothing when it is time to give up.
    pub(crate) fn next(
        &self,
        attempts: u32,
        queued: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let wait = self
            .first
            .saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)))
            .min(self.longest);
        let next = now + chrono::Duration::from_std(wait).ok()?;
        let end = queued + chrono::Duration::from_std(self.give_up).ok()?;
        (next <= end).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let retry = MailRetry::default();
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let wait = |attempts| (retry.next(attempts, now, now).unwrap() - now).num_seconds();
        assert_eq!([wait(1), wait(2), wait(3), wait(30)], [5, 10, 20, 1800]);
        assert_eq!(retry.next(1, now - chrono::Duration::days(3), now), None);
    }
}
