//! Brings to a subscriber what was kept for it while it was away or slow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::publisher::Shared;
use super::{LocalPublisher, hand_over};
use crate::Envelope;
use crate::store::local_queue;

/// Messages that are brought to one service at a time.
const BATCH: i64 = 128;
/// How often the queue is looked at when no service has started.
const POLL: Duration = Duration::from_millis(250);

/// Runs until `shutdown`. Every instance may: a message that comes twice takes effect once, and each brings them in order.
pub(crate) async fn run(publisher: LocalPublisher, wake: Arc<Notify>, shutdown: CancellationToken) {
    let work = async {
        loop {
            if let Err(error) = publisher.shared().catch_up().await {
                tracing::warn!(%error, "the queue of absent subscribers cannot be read");
            }
            tokio::select! {
                () = wake.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = shutdown.cancelled() => {}
    }
}

impl Shared {
    async fn catch_up(&self) -> Result<(), DbErr> {
        let behind: Vec<String> = self.behind.lock().await.iter().cloned().collect();
        let services = behind
            .iter()
            .filter(|service| self.bus.lanes_of(service).is_some())
            .map(|service| self.bring_all(service));
        join_all(services).await.into_iter().collect()
    }

    /// Until nothing is kept for it, or it stops taking.
    async fn bring_all(&self, service: &str) -> Result<(), DbErr> {
        loop {
            let kept = local_queue::kept_for(&self.database.reader(), service, BATCH).await?;
            if kept.is_empty() {
                if self.caught_up(service).await? {
                    return Ok(());
                }
                continue;
            }
            let offered = kept.len();
            let taken = self.bring(service, kept).await;
            if !taken.is_empty() {
                let tx = self.database.begin().await?;
                local_queue::taken(&tx, service, &taken).await?;
                tx.commit().await?;
            }
            if taken.len() < offered {
                return Ok(());
            }
        }
    }

    /// What the service has taken: of each partition key the first ones, in order.
    async fn bring(&self, service: &str, kept: Vec<Envelope>) -> Vec<Uuid> {
        let mut chains: BTreeMap<String, Vec<Envelope>> = BTreeMap::new();
        for envelope in kept {
            chains
                .entry(envelope.partition_key.clone())
                .or_default()
                .push(envelope);
        }
        let chains = chains.into_values().map(async |chain| {
            let mut taken = Vec::new();
            for envelope in chain {
                if !hand_over(&self.bus, service, &envelope).await {
                    break;
                }
                taken.push(envelope.message_id);
            }
            taken
        });
        join_all(chains).await.concat()
    }

    /// From now on the service gets messages directly, if nothing was kept for it meanwhile.
    async fn caught_up(&self, service: &str) -> Result<bool, DbErr> {
        let mut behind = self.behind.lock().await;
        let more = local_queue::kept_for(&self.database.reader(), service, 1).await?;
        if more.is_empty() {
            behind.remove(service);
            tracing::info!(service, "has taken what was kept for it");
        }
        Ok(more.is_empty())
    }
}
