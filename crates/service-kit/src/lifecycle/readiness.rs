//! Ready is the absence of reasons not to be.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::watch;

/// Held from the beginning until the service has started.
pub const STARTING: &str = "starting";
/// Held from the signal to stop until the end.
pub const STOPPING: &str = "stopping";

/// The named reasons why a service is not ready; without any it is. Clones share them.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<watch::Sender<BTreeSet<&'static str>>>);

impl Readiness {
    /// Not ready, because it is [`STARTING`].
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(BTreeSet::from([STARTING]))))
    }

    /// Adds a reason. Adding it twice is adding it once.
    pub fn hold(&self, reason: &'static str) {
        if self.0.send_if_modified(|reasons| reasons.insert(reason)) {
            tracing::info!(reason, "not ready");
        }
    }

    /// Takes a reason away.
    pub fn release(&self, reason: &'static str) {
        if self.0.send_if_modified(|reasons| reasons.remove(reason)) {
            tracing::info!(reason, ready = self.is_ready(), "no longer held back");
        }
    }

    /// Whether no reason is left.
    pub fn is_ready(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Whether this reason holds now.
    pub fn is_held(&self, reason: &str) -> bool {
        self.0.borrow().contains(reason)
    }

    /// The reasons that hold now, in order of their names.
    pub fn reasons(&self) -> Vec<&'static str> {
        self.0.borrow().iter().copied().collect()
    }

    /// Waits until this reason is gone; returns at once when it is not held.
    pub async fn wait_for(&self, reason: &str) {
        self.until(|reasons| !reasons.contains(reason)).await;
    }

    /// Waits until this reason holds.
    pub async fn wait_held(&self, reason: &str) {
        self.until(|reasons| reasons.contains(reason)).await;
    }

    /// Waits until no reason is left.
    pub async fn wait_ready(&self) {
        self.until(BTreeSet::is_empty).await;
    }

    /// Follows whether the service is ready: the value now, and each change after it.
    pub fn subscribe(&self) -> watch::Receiver<BTreeSet<&'static str>> {
        self.0.subscribe()
    }

    async fn until(&self, condition: impl Fn(&BTreeSet<&'static str>) -> bool) {
        // The sender lives in `self`, so the channel cannot close while we wait.
        drop(
            self.0
                .subscribe()
                .wait_for(|reasons| condition(reasons))
                .await,
        );
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}
