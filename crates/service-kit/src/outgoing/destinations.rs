//! What is known of each destination while it is called or has failed; of others nothing is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::breaker::Breaker;
use super::{AT_ONCE_PER_DESTINATION, CallError};

/// By origin.
#[derive(Debug, Default)]
pub(super) struct Destinations(Mutex<HashMap<String, Destination>>);

#[derive(Debug, Default)]
struct Destination {
    under_way: usize,
    breaker: Breaker,
}

/// A call that is under way. Dropped without [`Self::end`] it was broken off.
#[derive(Debug)]
pub(super) struct UnderWay {
    of: Arc<Destinations>,
    key: String,
    began: DateTime<Utc>,
}

impl Destinations {
    /// A call begins, if there may be one.
    pub(super) fn enter(
        self: &Arc<Self>,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<UnderWay, CallError> {
        let mut all = self.lock();
        let destination = all.entry(key.to_owned()).or_default();
        if destination.under_way >= AT_ONCE_PER_DESTINATION {
            return Err(CallError::Busy);
        }
        destination.breaker.admit(now).map_err(CallError::Open)?;
        destination.under_way += 1;
        Ok(UnderWay {
            of: Arc::clone(self),
            key: key.to_owned(),
            began: now,
        })
    }

    /// Until when a destination is left alone.
    pub(super) fn open_until(&self, key: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.lock().get(key)?.breaker {
            Breaker::Open(until) if now < until => Some(until),
            _ => None,
        }
    }

    fn leave(&self, key: &str, then: impl FnOnce(&mut Breaker)) {
        let mut all = self.lock();
        if let Some(destination) = all.get_mut(key) {
            destination.under_way = destination.under_way.saturating_sub(1);
            then(&mut destination.breaker);
            if destination.under_way == 0 && destination.breaker == Breaker::Works {
                all.remove(key);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Destination>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    /// The call has ended; `works` when the destination does.
    pub(super) fn end(mut self, works: bool, now: DateTime<Utc>, chance: f64) {
        let key = std::mem::take(&mut self.key);
        self.of
            .leave(&key, |breaker| breaker.ended(works, now, chance));
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.key.is_empty() {
            let began = self.began;
            self.of.leave(&self.key, |breaker| breaker.abandoned(began));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_calls_at_once_and_nothing_is_kept_of_who_works() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let all = Arc::new(Destinations::default());
        let calls: Vec<_> = (0..AT_ONCE_PER_DESTINATION)
            .map(|_| all.enter("https://a.example", now).unwrap())
            .collect();
        let refused = all.enter("https://a.example", now).unwrap_err();
        assert_eq!(refused, CallError::Busy);
        let other = all.enter("https://b.example", now).unwrap();
        drop(other);
        for call in calls {
            call.end(true, now, 0.0);
        }
        assert!(all.lock().is_empty());
    }
}
