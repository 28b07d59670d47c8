//! When an address file is fetched, how often in a night, and how a fetch can end.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::limits::PULL_ATTEMPTS_MAX;

/// Before the second attempt of a night; each further one waits twice as long …
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// … but not longer than this.
const WAIT_MAX: TimeDelta = TimeDelta::minutes(30);
/// A time zone skips a whole day at the most.
const DAYS_LOOKED_AT: u64 = 3;

/// A time of day at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    at: NaiveTime,
    zone: Tz,
}

impl Schedule {
    /// Every day at this time of this zone.
    pub fn new(at: NaiveTime, zone: Tz) -> Self {
        Self { at, zone }
    }

    /// The planned time that has come last.
    pub fn last(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        let back = (0..DAYS_LOOKED_AT).map(|days| today - chrono::Days::new(days));
        back.map(|day| self.on(day))
            .find(|at| *at <= now)
            .unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// The planned time that comes next.
    pub fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        let ahead = (0..DAYS_LOOKED_AT).map(|days| today + chrono::Days::new(days));
        ahead
            .map(|day| self.on(day))
            .find(|at| *at > now)
            .unwrap_or(now + TimeDelta::days(1))
    }

    /// A time that the day has twice is the first one; one that it does not have is counted as if the clock had not been
    /// put forward, so it comes that hour later.
    fn on(&self, day: NaiveDate) -> DateTime<Utc> {
        let local = day.and_time(self.at);
        if let Some(time) = self.zone.from_local_datetime(&local).earliest() {
            return time.to_utc();
        }
        let day_before = local - TimeDelta::days(1);
        let offset = self.zone.offset_from_utc_datetime(&day_before).fix();
        (local - offset).and_utc()
    }
}

/// How long to wait after so many attempts of one night; nothing when that was the last one.
pub fn wait_after(attempts: u32) -> Option<TimeDelta> {
    if attempts >= PULL_ATTEMPTS_MAX {
        return None;
    }
    let doubled = FIRST_WAIT * (1 << attempts.saturating_sub(1).min(8));
    Some(doubled.min(WAIT_MAX))
}

/// Why a file was not fetched, or not taken in. Says nothing of the address or the credential that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection, or a certificate that is not trusted.
    #[error("the other system cannot be reached, or its certificate is not trusted")]
    Unreachable,
    /// It took longer than it may.
    #[error("the other system took too long")]
    TimedOut,
    /// 401, 403, 407.
    #[error("the other system refuses the credential (status {0})")]
    Credential(u16),
    /// Another status than 200.
    #[error("the other system answers with status {0}")]
    Status(u16),
    /// To another host, scheme or port, or too often.
    #[error("the other system redirects to elsewhere, or too often")]
    Redirected,
    /// The connection ended before the file did.
    #[error("the file was cut short; nothing of it was used")]
    CutShort,
    /// Without its length nobody can tell whether it is whole.
    #[error("the answer does not say how long the file is, so a cut file could not be told")]
    LengthUnknown,
    /// A compression that was not asked for.
    #[error("the file came compressed, which was not asked for")]
    Compressed,
    /// A page of HTML or XML, or nothing at all.
    #[error("what came is no address file but a page, or nothing")]
    NotAnAddressFile,
    /// Larger than is allowed.
    #[error("the file is larger than is allowed")]
    TooLarge,
    /// The import refused the file as a whole; its report says why.
    #[error("the file was refused; the report of its import says why")]
    Refused,
    /// Our own database, disk or keys; the log says more.
    #[error("the registry itself failed")]
    Internal,
}

impl Failure {
    /// The stable word of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Credential(_) => "credential_refused",
            Self::Status(_) => "status",
            Self::Redirected => "redirected",
            Self::CutShort => "cut_short",
            Self::LengthUnknown => "length_unknown",
            Self::Compressed => "compressed",
            Self::NotAnAddressFile => "not_an_address_file",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::Internal => "internal",
        }
    }

    /// The status of the answer, where that is what is wrong.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Credential(status) | Self::Status(status) => Some(status),
            _ => None,
        }
    }

    /// Whether it may be gone later in the night. A refused credential may be locked by repeating it; a refused file is
    /// refused again.
    pub fn may_pass(self) -> bool {
        !matches!(
            self,
            Self::Credential(_) | Self::Redirected | Self::TooLarge | Self::Refused
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Stockholm;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn schedule(hour: u32, minute: u32) -> Schedule {
        Schedule::new(NaiveTime::from_hms_opt(hour, minute, 0).unwrap(), Stockholm)
    }

    #[test]
    fn it_is_the_local_time_in_summer_and_in_winter() {
        let night = schedule(2, 15);
        assert_eq!(
            night.last(at("2026-01-10T12:00:00Z")),
            at("2026-01-10T01:15:00Z")
        );
        assert_eq!(
            night.last(at("2026-01-10T01:14:59Z")),
            at("2026-01-09T01:15:00Z")
        );
        assert_eq!(
            night.last(at("2026-07-10T12:00:00Z")),
            at("2026-07-10T00:15:00Z")
        );
        assert_eq!(
            night.next(at("2026-07-10T00:15:00Z")),
            at("2026-07-11T00:15:00Z")
        );
        // 23:30 UTC is the next day in Stockholm already.
        assert_eq!(
            night.next(at("2026-07-10T23:30:00Z")),
            at("2026-07-11T00:15:00Z")
        );
    }

    #[test]
    fn a_time_that_the_clock_skips_comes_an_hour_later_and_one_that_it_repeats_comes_once() {
        let night = schedule(2, 30);
        // 29 March 2026: 02:00 becomes 03:00.
        assert_eq!(
            night.last(at("2026-03-29T12:00:00Z")),
            at("2026-03-29T01:30:00Z")
        );
        // 25 October 2026: 03:00 becomes 02:00.
        for later in ["00:30:00", "01:30:00", "12:00:00"] {
            let now = at(&format!("2026-10-25T{later}Z"));
            assert_eq!(night.last(now), at("2026-10-25T00:30:00Z"), "{later}");
            assert_eq!(night.next(now), at("2026-10-26T01:30:00Z"), "{later}");
        }
    }

    #[test]
    fn between_two_planned_times_lies_a_day_also_when_the_clock_is_changed() {
        for (hour, minute) in [(0, 0), (2, 0), (2, 30), (2, 59), (3, 0), (23, 59)] {
            let plan = schedule(hour, minute);
            let mut time = plan.last(at("2026-01-01T12:00:00Z"));
            for _ in 0..400 {
                let next = plan.next(time);
                assert!(
                    (23..=25).contains(&(next - time).num_hours()),
                    "{time} {next}"
                );
                assert_eq!(plan.last(next), next);
                assert_eq!(plan.last(next - TimeDelta::seconds(1)), time);
                time = next;
            }
        }
    }

    #[test]
    fn attempts_wait_longer_and_longer_and_then_end() {
        let waits: Vec<_> = (1..)
            .map_while(wait_after)
            .map(|w| w.num_minutes())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }
}
