//! The bell of an outbox: an instance that does not relay rings it, and the one that does need not wait for its next look.

use std::sync::Arc;
use std::time::Duration;

use service_kit::database::Database;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::DATABASE_PAUSE;

/// Rung and heard in the database; a hint beside the looks that the relay takes anyway.
#[derive(Debug)]
pub(crate) struct Bell {
    database: Database,
    name: String,
}

impl Bell {
    pub(crate) fn new(database: Database, service: &str) -> Self {
        Self {
            database,
            name: format!("uttag_outbox_{service}"),
        }
    }

    /// For as long as another instance relays: tells it of what this one has recorded. Not part of any transaction, and one
    /// ring for everything that has been recorded since the last one.
    pub(crate) async fn ring_for(&self, time: Duration, wake: &Notify, stop: &CancellationToken) {
        let ringing = async {
            loop {
                wake.notified().await;
                if let Err(error) = self.database.ring(&self.name).await {
                    tracing::debug!(%error, "the relay was not told, it looks by itself");
                }
            }
        };
        tokio::select! {
            () = ringing => {}
            () = tokio::time::sleep(time) => {}
            () = stop.cancelled() => {}
        }
    }

    /// For the instance that relays: wakes it when another one rings, until the handle is dropped.
    pub(crate) fn wake(&self, wake: Arc<Notify>) -> AbortOnDropHandle<()> {
        let (database, name) = (self.database.clone(), self.name.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            loop {
                match database.listen(&name).await {
                    Ok(None) => return,
                    Ok(Some(mut ear)) => {
                        wake.notify_one();
                        while ear.heard().await.is_ok() {
                            wake.notify_one();
                        }
                    }
                    Err(error) => {
                        tracing::debug!(%error, "nobody is heard, the relay looks by itself");
                    }
                }
                tokio::time::sleep(DATABASE_PAUSE).await;
            }
        }))
    }
}
