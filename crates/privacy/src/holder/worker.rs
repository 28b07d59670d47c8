//! Works off tasks: erasures in batches that share transactions, everything else side by side.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use sea_orm::DbBackend;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::Instrument as _;

use super::task::{self, Task};
use super::{FENCE, Inner, discover, export, forget, opt_out, prove};

/// Tasks worked at side by side: they wait for the rights service and the disk, not for the processor.
const SIDE_BY_SIDE: usize = 16;
/// Erasures that share a transaction.
const BATCH: usize = 64;
/// How often the table is asked for what is due again; what comes by event is not waited for.
const LOOK: Duration = Duration::from_secs(1);

/// What is under way. Erasures are proven one batch after the other: what comes meanwhile makes the next batch, the longer
/// the more there is to do, and no two batches wait for each other's keys.
#[derive(Default)]
struct Desk {
    running: JoinSet<()>,
    proving: JoinSet<()>,
    unproven: VecDeque<Task>,
}

/// Runs until the service stops; then what was begun is finished.
pub(crate) async fn run(inner: Arc<Inner>) -> anyhow::Result<()> {
    let Some(mut waiting) = inner.waiting.lock().await.take() else {
        return Ok(());
    };
    let shutdown = inner.lifecycle.shutdown.clone();
    let mut desk = Desk::default();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::select! {
        () = shutdown.cancelled() => return Ok(()),
        () = inner.lifecycle.readiness.wait_for(FENCE) => free_leases(&inner).await,
    }
    loop {
        let free = desk.running.len() < SIDE_BY_SIDE && desk.unproven.len() < BATCH;
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(done) = desk.running.join_next() => report(done),
            Some(done) = desk.proving.join_next() => report(done),
            Some(first) = waiting.recv(), if free => {
                desk.take(&inner, first);
                while desk.unproven.len() < BATCH && let Ok(more) = waiting.try_recv() {
                    desk.take(&inner, more);
                }
            }
            _ = look.tick(), if free => match take_due(&inner).await {
                Ok(tasks) => tasks.into_iter().for_each(|task| desk.take(&inner, task)),
                Err(error) => tracing::warn!(error.chain = format!("{error:#}"), "tasks could not be read"),
            },
        }
        desk.prove(&inner);
    }
    while let Some(done) = desk.running.join_next().await {
        report(done);
    }
    while let Some(done) = desk.proving.join_next().await {
        report(done);
    }
    Ok(())
}

impl Desk {
    fn take(&mut self, inner: &Arc<Inner>, task: Task) {
        if task.kind == task::ERASE {
            self.unproven.push_back(task);
        } else {
            let span = task::span(&task);
            self.running
                .spawn(do_one(inner.clone(), task).instrument(span));
        }
    }

    fn prove(&mut self, inner: &Arc<Inner>) {
        if self.proving.is_empty() && !self.unproven.is_empty() {
            let batch = self.unproven.len().min(BATCH);
            let batch = self.unproven.drain(..batch).collect();
            self.proving.spawn(prove_all(inner.clone(), batch));
        }
    }
}

/// On SQLite this process is the only one: whoever had a lease is dead.
async fn free_leases(inner: &Inner) {
    if inner.privacy.database().backend() != DbBackend::Sqlite {
        return;
    }
    let freed = async {
        let work = inner.outbox.begin().await?;
        task::free_all(work.tx()).await?;
        work.commit().await
    };
    if let Err(error) = freed.await {
        tracing::warn!(error.chain = %error, "leases of a former process end by themselves");
    }
}

async fn take_due(inner: &Inner) -> anyhow::Result<Vec<Task>> {
    let now = inner.privacy.clock().now();
    let fenced = inner.lifecycle.readiness.is_held(FENCE);
    if fenced || !task::any_due(&inner.privacy.database().reader(), now).await? {
        return Ok(Vec::new());
    }
    let work = inner.outbox.begin().await?;
    let tasks = task::take_due(work.tx(), now).await?;
    work.commit().await?;
    Ok(tasks)
}

/// A batch that fails is tried one by one, so that one bad erasure does not hold up the others.
async fn prove_all(inner: Arc<Inner>, tasks: Vec<Task>) {
    if tasks.len() > 1 && prove::prove(&inner, tasks.clone()).await.is_ok() {
        return;
    }
    for task in tasks {
        do_one(inner.clone(), task).await;
    }
}

async fn do_one(inner: Arc<Inner>, task: Task) {
    let done = match task.kind.as_str() {
        task::DISCOVER => discover::discover(&inner, &task).await,
        task::EXPORT => export::export(&inner, &task).await,
        task::FORGET => forget::forget(&inner, &task).await,
        task::OPT_OUT => opt_out::say(&inner, &task).await,
        _ => prove::prove(&inner, vec![task.clone()]).await,
    };
    if let Err(error) = done {
        metrics::counter!("holder_task_failures_total", "kind" => task.kind.clone()).increment(1);
        let (kind, request_id, attempts) =
            (task.kind.as_str(), task.request_id.as_str(), task.attempts);
        tracing::warn!(
            kind,
            request_id,
            attempts,
            error.chain = format!("{error:#}"),
            "task is put off"
        );
        put_off(&inner, &task).await;
    }
}

/// When even this fails the lease ends by itself.
async fn put_off(inner: &Inner, task: &Task) {
    let put_off = async {
        let work = inner.outbox.begin().await?;
        task::postpone(work.tx(), task, inner.privacy.clock().now()).await?;
        work.commit().await
    };
    if let Err(error) = put_off.await {
        tracing::warn!(request_id = task.request_id, error.chain = %error, "task waits for its lease to end");
    }
}

fn report(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(
            panicked = error.is_panic(),
            "a holder task ended early; it is taken up again"
        );
    }
}
