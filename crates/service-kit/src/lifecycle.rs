//! From start to stop: tasks that are tracked, a signal that stops them, and the reasons why a service is not ready.

mod closings;
mod readiness;

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use closings::Closings;
pub use readiness::{Readiness, STARTING, STOPPING};

/// What every task of a process shares: the signal to stop, the tracker that waits for it, the readiness.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Cancelled when the process is to stop.
    pub shutdown: CancellationToken,
    /// Every task that must end before the process does.
    pub tasks: TaskTracker,
    /// Why the service is not ready.
    pub readiness: Readiness,
    failed: Arc<Mutex<Option<&'static str>>>,
    closings: Closings,
}

impl Lifecycle {
    /// A process that is starting.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task until it ends. Cancelled: it is expected to notice `shutdown` by itself. Failed or panicked: that is
    /// logged, and the whole process stops, because a service that misses a part is worse than one that restarts.
    pub fn spawn<F, E>(&self, name: &'static str, task: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    {
        let lifecycle = self.clone();
        self.tasks.spawn(async move {
            match AssertUnwindSafe(task).catch_unwind().await {
                Ok(Ok(())) => tracing::debug!(task = name, "task ended"),
                Ok(Err(error)) => lifecycle.fail(name, &crate::error::chain(error.into().as_ref())),
                Err(_) => lifecycle.fail(name, &"panicked"),
            }
        });
    }

    /// Runs when no task is left, in the order of these calls: stores are closed when nobody writes any more.
    pub fn at_end<F, E>(&self, name: &'static str, closing: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<anyhow::Error>,
    {
        self.closings.push(name, closing);
    }

    /// Stops the process on SIGTERM or SIGINT: not ready first, so that nobody sends more, then the tasks.
    pub fn on_terminate(&self) {
        let lifecycle = self.clone();
        tokio::spawn(async move {
            if let Err(error) = terminated(&lifecycle.shutdown).await {
                lifecycle.fail("signals", &error);
            }
            lifecycle.stop();
        });
    }

    /// Begins to stop: not ready, then cancelled.
    pub fn stop(&self) {
        self.readiness.hold(STOPPING);
        self.shutdown.cancel();
    }

    /// Waits for the signal to stop, and then at most `deadline` for the tasks.
    ///
    /// # Errors
    /// A task had failed, or some did not end in time.
    pub async fn drained(&self, deadline: Duration) -> anyhow::Result<()> {
        self.shutdown.cancelled().await;
        self.tasks.close();
        let in_time = tokio::time::timeout(deadline, self.tasks.wait())
            .await
            .is_ok();
        self.closings.run().await;
        anyhow::ensure!(
            in_time,
            "{} tasks did not stop within {deadline:?}",
            self.tasks.len()
        );
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |name| {
            Err(anyhow::anyhow!("the task {name} failed"))
        })
    }

    fn fail(&self, name: &'static str, reason: &dyn Display) {
        tracing::error!(task = name, error.chain = %reason, "task failed, the process stops");
        self.failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(name);
        self.stop();
    }
}

async fn terminated(shutdown: &CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!(signal = "SIGTERM", "stopping"),
        _ = interrupt.recv() => tracing::info!(signal = "SIGINT", "stopping"),
        () = shutdown.cancelled() => {}
    }
    Ok(())
}
