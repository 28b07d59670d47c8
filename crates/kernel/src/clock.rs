//! Time as a parameter, and the ids that are made of it.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Duration, SubsecRound, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Where time comes from.
pub trait Clock: Send + Sync + Debug {
    /// Now, to the microsecond: what a database gives back is what was stored.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that many hold.
pub type SharedClock = Arc<dyn Clock>;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands still until it is moved; clones move together.
#[derive(Debug, Clone)]
pub struct FixedClock {
    micros: Arc<AtomicI64>,
}

impl FixedClock {
    /// A clock that shows this time.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            micros: Arc::new(AtomicI64::new(now.timestamp_micros())),
        }
    }

    /// Moves the clock to this time, forwards or back.
    pub fn set(&self, now: DateTime<Utc>) {
        self.micros.store(now.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock on by this much.
    pub fn advance(&self, by: Duration) {
        let micros = by.num_microseconds().unwrap_or(i64::MAX / 2);
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst))
            .unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// A UUIDv7 of the clock's time: ids sort by when they were made, to the millisecond.
pub fn new_id(clock: &dyn Clock) -> Uuid {
    let now = clock.now();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 123_456_789).unwrap());
        let before = clock.now();
        assert_eq!(before.timestamp_subsec_nanos(), 123_456_000);
        clock.clone().advance(Duration::days(3));
        assert_eq!(clock.now() - before, Duration::days(3));
    }

    #[test]
    fn ids_sort_by_time_and_differ_at_the_same_time() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let (first, second) = (new_id(&clock), new_id(&clock));
        clock.advance(Duration::milliseconds(1));
        let later = new_id(&clock);
        assert_ne!(first, second);
        assert!(first < later && second < later);
        assert_eq!(later.get_version_num(), 7);
    }

    #[test]
    fn the_system_clock_has_no_nanoseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
