//! What is closed last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;

/// One closing has this long; a store that is left open is repaired at the next start.
const PATIENCE: Duration = Duration::from_secs(10);

type Closing = (&'static str, BoxFuture<'static, anyhow::Result<()>>);

/// Closings in the order in which they were asked for.
#[derive(Clone, Default)]
pub(super) struct Closings(Arc<Mutex<Vec<Closing>>>);

impl Closings {
    pub(super) fn push<F, E>(&self, name: &'static str, closing: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<anyhow::Error>,
    {
        let closing = closing.map(|done| done.map_err(Into::into)).boxed();
        self.lock().push((name, closing));
    }

    /// Each once. One that fails is logged and does not hold back the others.
    pub(super) async fn run(&self) {
        let closings = std::mem::take(&mut *self.lock());
        for (name, closing) in closings {
            match tokio::time::timeout(PATIENCE, closing).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(
                        closing = name,
                        error.chain = format!("{error:#}"),
                        "not closed in order"
                    );
                }
                Err(_) => tracing::warn!(closing = name, "not closed in time"),
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Closing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Closings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.lock().iter().map(|(name, _)| *name).collect();
        f.debug_tuple("Closings").field(&names).finish()
    }
}
