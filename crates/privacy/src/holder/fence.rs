//! The fence: no API and no consumers while the database is behind the ledger. It is watched while running, too.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::ledger::{CaughtUp, LedgerBehind, catch_up};
use super::{FENCE, Inner, LEDGER_BEHIND, access_log, announce};
use crate::schema::whole;

/// How often the database is looked at for having been put back.
const WATCH: Duration = Duration::from_secs(1);
/// First and longest wait before the rights service is asked again.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How often the ledger is read while running: an order that never arrived by event is done then.
const RECONCILE: Duration = Duration::from_mins(10);

/// Runs until the service stops.
pub(crate) async fn guard(inner: Arc<Inner>) -> anyhow::Result<()> {
    let shutdown = inner.lifecycle.shutdown.clone();
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = keep(&inner) => {}
    }
    Ok(())
}

async fn keep(inner: &Arc<Inner>) {
    behind_fence(inner, false).await;
    let mut look = interval(WATCH);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reconciled = Instant::now();
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = inner.lost.notified() => {}
        }
        match is_put_back(inner).await {
            Ok(false) => {}
            Ok(true) => behind_fence(inner, true).await,
            Err(error) => tracing::warn!(
                error.chain = format!("{error:#}"),
                "the database could not be looked at"
            ),
        }
        if reconciled.elapsed() >= RECONCILE {
            reconciled = Instant::now();
            if let Err(error) = catch_up(inner).await {
                tracing::warn!(
                    error.chain = format!("{error:#}"),
                    "the ledger could not be reconciled"
                );
            }
        }
    }
}

/// Whether the database or the key store is not what this process left.
async fn is_put_back(inner: &Inner) -> anyhow::Result<bool> {
    let database = inner.privacy.database();
    let replaced =
        database.replaced().await? || inner.privacy.vault().database().replaced().await?;
    Ok(replaced
        || missing(inner).await?.is_some()
        || !inner.position.is_whole(&database.reader()).await?)
}

/// What is not there yet of the database or the key store, while somebody fills them table by table.
async fn missing(inner: &Inner) -> Result<Option<String>, sea_orm::DbErr> {
    let database = inner.privacy.database().reader();
    match whole::missing(&database, inner.privacy.data_map()).await? {
        Some(missing) => Ok(Some(missing)),
        None => whole::keyless(&inner.privacy.vault().database().reader()).await,
    }
}

/// Fences the service, catches up however long it takes, announces, and releases.
async fn behind_fence(inner: &Arc<Inner>, put_back: bool) {
    inner.lifecycle.readiness.hold(FENCE);
    metrics::gauge!("holder_fenced").set(1.0);
    if put_back {
        tracing::error!(
            holder = inner.service(),
            "the database was put back to an earlier state; fenced"
        );
        metrics::counter!("holder_restores_noticed_total").increment(1);
    }
    let mut wait = BACKOFF.0;
    // Kept over attempts: what one has replayed or taken back, the next does not find missing any more.
    let mut restored = put_back;
    loop {
        match attempt(inner, put_back, &mut restored).await {
            Ok(caught) => {
                tracing::info!(
                    holder = inner.service(),
                    replayed = caught.replayed,
                    "caught up with the ledger"
                );
                break;
            }
            Err(error) => alarm(inner, &error),
        }
        sleep(wait).await;
        wait = (wait * 2).min(BACKOFF.1);
    }
    inner.lifecycle.readiness.release(LEDGER_BEHIND);
    inner.lifecycle.readiness.release(FENCE);
    metrics::gauge!("holder_fenced").set(0.0);
}

async fn attempt(inner: &Inner, put_back: bool, restored: &mut bool) -> anyhow::Result<CaughtUp> {
    if put_back {
        for database in [inner.privacy.database(), inner.privacy.vault().database()] {
            if database.replaced().await? {
                database.reopen().await?;
            }
        }
        inner.position.forget();
    }
    ensure_filled(inner).await?;
    let caught = catch_up(inner).await?;
    *restored |= caught.was_restored;
    *restored |= access_log::take_back(inner).await? > 0;
    ensure_filled(inner).await?;
    if *restored {
        inner.privacy.vault().new_epochs().await?;
    }
    announce::announce(inner, *restored).await?;
    Ok(caught)
}

/// Before the ledger is replayed, so that nobody comes after it; and afterwards, in case that it began meanwhile.
async fn ensure_filled(inner: &Inner) -> anyhow::Result<()> {
    match missing(inner).await? {
        Some(missing) => anyhow::bail!("the database is being put back: it lacks {missing}"),
        None => Ok(()),
    }
}

fn alarm(inner: &Inner, error: &anyhow::Error) {
    let holder = inner.service();
    if let Some(LedgerBehind { head, own }) = error.downcast_ref() {
        inner.lifecycle.readiness.hold(LEDGER_BEHIND);
        metrics::counter!("holder_ledger_behind_total").increment(1);
        tracing::error!(
            holder,
            head,
            own,
            "the ledger is behind this holder: it was put back, or it is another one"
        );
        return;
    }
    tracing::warn!(holder, error.chain = format!("{error:#}"), "still fenced");
}
