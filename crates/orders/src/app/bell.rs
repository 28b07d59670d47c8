//! Wakes the streams of a provider when one of its orders has changed, and bounds how many there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::Desk;

/// Streams that one provider may keep open in one network: enough for a fail-over pair and a person who looks.
pub const STREAMS_PER_PROVIDER_MAX: usize = 8;

/// One bell per provider and network that somebody listens to. Clones share them.
///
/// The bell is a hint within this process: whoever listens also polls, because another instance may have committed.
#[derive(Clone, Debug, Default)]
pub struct FeedBell(Arc<Mutex<HashMap<Desk, watch::Sender<()>>>>);

impl FeedBell {
    /// Listens; nothing when [`STREAMS_PER_PROVIDER_MAX`] listen already.
    pub fn listen(&self, desk: &Desk) -> Option<watch::Receiver<()>> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|_, bell| bell.receiver_count() > 0);
        let bell = bells
            .entry(desk.clone())
            .or_insert_with(|| watch::Sender::new(()));
        (bell.receiver_count() < STREAMS_PER_PROVIDER_MAX).then(|| bell.subscribe())
    }

    /// Wakes whoever listens.
    pub fn ring(&self, desk: &Desk) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(desk) {
            bell.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;
    use kernel::{NetworkCode, ProviderId};

    fn desk(provider: &str) -> Desk {
        Desk {
            network: NetworkCode::parse("HAM").unwrap(),
            provider: ProviderId::parse(provider).unwrap(),
        }
    }

    #[test]
    fn a_bell_is_heard_by_its_own_provider_only() {
        let bell = FeedBell::default();
        let (one, other) = (
            bell.listen(&desk("one")).unwrap(),
            bell.listen(&desk("other")).unwrap(),
        );
        bell.ring(&desk("one"));
        assert!(one.has_changed().unwrap() && !other.has_changed().unwrap());
    }

    #[test]
    fn only_so_many_listen_and_who_leaves_makes_room() {
        let bell = FeedBell::default();
        let mut listeners: Vec<_> = (0..STREAMS_PER_PROVIDER_MAX)
            .map(|_| bell.listen(&desk("one")).unwrap())
            .collect();
        assert!(bell.listen(&desk("one")).is_none());
        listeners.pop();
        assert!(bell.listen(&desk("one")).is_some());
    }
}
