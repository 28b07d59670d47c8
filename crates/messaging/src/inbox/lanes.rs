//! Lanes: messages of different partition keys at the same time, those of one key one after the other.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use sea_orm::DbBackend;
use service_kit::lifecycle::Lifecycle;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::Consumer;
use super::together::Fresh;
use crate::store::parked::Head;
use crate::{Envelope, tasks};

/// Lanes on PostgreSQL: as many transactions as a pool of 16 gives away without starving the API.
const LANES_POSTGRES: usize = 12;
/// Lanes on SQLite, which has one writer: enough that one waits while another commits.
const LANES_SQLITE: usize = 4;
/// Messages of one lane that share a transaction.
const TOGETHER: usize = 16;
/// Messages that wait in one lane; then whoever brings more waits. Above the prefetch of a broker, which so never has to.
const LANE_LENGTH: usize = 256;

/// What a lane does.
#[derive(Debug)]
pub(crate) enum Task {
    /// A message from the transport.
    Fresh(Fresh),
    /// A message that has waited in the inbox.
    Parked(Head),
}

/// The way into the lanes of a consumer.
#[derive(Debug)]
pub(crate) struct Lanes(Vec<mpsc::Sender<Task>>);

impl Lanes {
    /// Starts the lanes; they end with the process, each after the message that it is at.
    pub(crate) fn start(consumer: &Arc<Consumer>, lifecycle: &Lifecycle) -> Arc<Self> {
        let count = match consumer.outbox.database().backend() {
            DbBackend::Postgres => LANES_POSTGRES,
            _ => LANES_SQLITE,
        };
        let start = |_| {
            let (sender, queue) = mpsc::channel(LANE_LENGTH);
            let lane = run(Arc::clone(consumer), queue, lifecycle.shutdown.clone());
            tasks::spawn(lifecycle, "messaging lane", lane);
            sender
        };
        Arc::new(Self((0..count).map(start).collect()))
    }

    /// Brings a message. The answer comes when it is in the inbox. `None`: the lanes have stopped.
    pub(crate) async fn offer(&self, envelope: Envelope) -> Option<oneshot::Receiver<()>> {
        let (settle, settled) = oneshot::channel();
        let lane = self.lane(&envelope.partition_key);
        lane.send(Task::Fresh(Fresh { envelope, settle }))
            .await
            .ok()?;
        Some(settled)
    }

    /// Brings a message that has waited. False: the lanes have stopped.
    pub(crate) async fn offer_parked(&self, head: Head) -> bool {
        self.lane(&head.partition_key)
            .send(Task::Parked(head))
            .await
            .is_ok()
    }

    fn lane(&self, partition_key: &str) -> &mpsc::Sender<Task> {
        let mut hasher = DefaultHasher::new();
        partition_key.hash(&mut hasher);
        let lanes = u64::try_from(self.0.len()).unwrap_or(1);
        &self.0[usize::try_from(hasher.finish() % lanes).unwrap_or_default()]
    }
}

async fn run(
    consumer: Arc<Consumer>,
    mut tasks: mpsc::Receiver<Task>,
    shutdown: CancellationToken,
) {
    let mut waiting = Vec::with_capacity(TOGETHER);
    loop {
        let ended = tokio::select! {
            biased;
            () = shutdown.cancelled() => true,
            taken = tasks.recv_many(&mut waiting, TOGETHER) => taken == 0,
        };
        if ended {
            return;
        }
        let mut together = Vec::new();
        for task in waiting.drain(..) {
            match task {
                Task::Fresh(fresh) => together.push(fresh),
                Task::Parked(head) => {
                    consumer
                        .take_all(std::mem::take(&mut together), &shutdown)
                        .await;
                    consumer.take_parked(&head).await;
                }
            }
        }
        consumer.take_all(together, &shutdown).await;
    }
}
