//! What feeds of changes share: who waits is woken, how many wait is bounded, and nobody waits for ever.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use service_kit::lifecycle::Lifecycle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Streams that one reader may keep open in one network: enough for a fail-over pair and a person who looks.
pub const STREAMS_PER_READER_MAX: usize = 8;

/// One bell per reader that listens to a feed. Clones share them.
///
/// The bell is a hint within this process: whoever listens also polls, because another instance may have committed.
#[derive(Debug)]
pub struct FeedBell<K>(Arc<Mutex<HashMap<K, watch::Sender<()>>>>);

impl<K> Clone for FeedBell<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for FeedBell<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> FeedBell<K> {
    /// Wakes the reader.
    pub fn ring(&self, reader: &K) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(reader) {
            bell.send_replace(());
        }
    }

    /// Wakes every reader whom it concerns.
    pub fn ring_for(&self, concerns: impl Fn(&K) -> bool) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, bell) in bells.iter().filter(|(reader, _)| concerns(reader)) {
            bell.send_replace(());
        }
    }

    /// Waits for changes on behalf of a reader; nothing when it has [`STREAMS_PER_READER_MAX`] streams already.
    pub fn follow(&self, reader: &K, pace: Pace, lifecycle: &Lifecycle) -> Option<Follow> {
        Some(Follow {
            bell: self.listen(reader)?,
            until: Instant::now() + pace.open,
            poll: pace.poll,
            lifecycle: lifecycle.clone(),
        })
    }

    fn listen(&self, reader: &K) -> Option<watch::Receiver<()>> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|_, bell| bell.receiver_count() > 0);
        let bell = bells
            .entry(reader.clone())
            .or_insert_with(|| watch::Sender::new(()));
        (bell.receiver_count() < STREAMS_PER_READER_MAX).then(|| bell.subscribe())
    }
}

/// How a followed feed waits.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two looks for what another instance has committed.
    pub poll: Duration,
    /// How long the stream stays open before the client resumes with its cursor: shorter than the life of the token that
    /// opened it, so that a revoked credential is out within minutes.
    pub open: Duration,
}

/// One followed stream, waiting for the next change.
#[derive(Debug)]
pub struct Follow {
    bell: watch::Receiver<()>,
    until: Instant,
    poll: Duration,
    lifecycle: Lifecycle,
}

impl Follow {
    /// Call it before reading: a bell that rings from here on is not missed.
    pub fn listen(&mut self) {
        self.bell.borrow_and_update();
    }

    /// Until the bell rings or it is time to look. False: the stream is over.
    pub async fn wait(&mut self) -> bool {
        if Instant::now() >= self.until {
            return false;
        }
        tokio::select! {
            () = self.lifecycle.shutdown.cancelled() => false,
            rung = self.bell.changed() => rung.is_ok(),
            () = sleep(self.poll) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn a_bell_is_heard_by_whom_it_concerns_only() {
        let bell = FeedBell::default();
        let (one, other) = (bell.listen(&"one").unwrap(), bell.listen(&"other").unwrap());
        bell.ring(&"one");
        assert!(one.has_changed().unwrap() && !other.has_changed().unwrap());
        bell.ring_for(|reader| *reader == "other");
        assert!(other.has_changed().unwrap());
    }

    #[test]
    fn only_so_many_listen_and_who_leaves_makes_room() {
        let bell = FeedBell::default();
        let mut listeners: Vec<_> = (0..STREAMS_PER_READER_MAX)
            .map(|_| bell.listen(&"one").unwrap())
            .collect();
        assert!(bell.listen(&"one").is_none());
        listeners.pop();
        assert!(bell.listen(&"one").is_some());
    }
}
