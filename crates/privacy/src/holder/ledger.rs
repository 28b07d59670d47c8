//! Replaying what the database lacks of the ledger.

use anyhow::{Context, ensure};
use api::privacy::ExecutionOrdered;
use api::rights::{GetLedgerHeadRequest, StreamLedgerRequest, StreamLedgerResponse};

use super::erase::{self, Progress};
use super::handle::ReplayHandle;
use super::task::{self, Task};
use super::{Inner, opt_out, position, prove};
use crate::{Doomed, SubjectId};

/// The mark in the key store: up to here the keys of every entry are known to be destroyed.
const KEYS_SCANNED: &str = "ledger.keys_scanned";
/// Erasures that are proven together during a replay.
const BATCH: usize = 64;

/// What a catch-up found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CaughtUp {
    /// The database lacked entries that it had once applied.
    pub was_restored: bool,
    /// Entries replayed.
    pub replayed: u64,
}

/// The ledger lacks what this database has applied: it was put back, or it is another one.
#[derive(Debug, thiserror::Error)]
#[error("the ledger ends at {head}, this holder has applied {own}")]
pub(crate) struct LedgerBehind {
    pub head: i64,
    pub own: i64,
}

/// Brings the database and the key store up to the head of the ledger and proves every erasure without proof.
pub(crate) async fn catch_up(inner: &Inner) -> anyhow::Result<CaughtUp> {
    let mut rights = inner.rights.clone();
    let head = rights
        .get_ledger_head(GetLedgerHeadRequest {})
        .await
        .map_err(away)?
        .into_inner()
        .entry;
    let head = i64::try_from(head).context("the ledger's head is out of range")?;
    let reader = inner.privacy.database().reader();
    let (last_proven, _) = inner.privacy.vault().mark(prove::LAST_ENTRY).await?;
    let own = position::highest(&reader).await?.max(last_proven);
    if head < own {
        return Err(LedgerBehind { head, own }.into());
    }
    let mut caught = CaughtUp {
        was_restored: last_proven > 0 && !covers(&reader, last_proven).await?,
        replayed: 0,
    };
    let keys_scanned = inner.privacy.vault().mark(KEYS_SCANNED).await?.0;
    let after = position::scanned(&reader).await?.min(keys_scanned);
    let scanned = replay_after(inner, after, &mut caught).await?.max(head);
    prove_rest(inner).await?;
    let work = inner.outbox.begin().await?;
    position::set_scanned(work.tx(), scanned).await?;
    work.commit().await?;
    inner.privacy.vault().raise(KEYS_SCANNED, scanned).await?;
    inner.position.scanned(scanned);
    Ok(caught)
}

/// Whether the database has that entry, or has read beyond it.
async fn covers<C: sea_orm::ConnectionTrait>(
    reader: &C,
    entry: i64,
) -> Result<bool, sea_orm::DbErr> {
    Ok(position::scanned(reader).await? >= entry || position::is_applied(reader, entry).await?)
}

/// Replays every entry after a position; says which was the last.
async fn replay_after(inner: &Inner, after: i64, caught: &mut CaughtUp) -> anyhow::Result<i64> {
    let ask = StreamLedgerRequest {
        after: u64::try_from(after).unwrap_or_default(),
    };
    let mut entries = inner
        .rights
        .clone()
        .stream_ledger(ask)
        .await
        .map_err(away)?
        .into_inner();
    let mut last = after;
    let mut unproven = Vec::new();
    while let Some(entry) = entries.message().await.map_err(away)? {
        last = i64::try_from(entry.entry).context("a ledger entry is out of range")?;
        if entry.replay_handle.is_empty() {
            continue;
        }
        if entry.kind == opt_out::KIND {
            if opt_out::replay(inner, last, &entry).await? {
                caught.was_restored = true;
                caught.replayed += 1;
            }
            continue;
        }
        ensure!(
            entry.kind.starts_with("erasure"),
            "ledger entry {last} is of a kind that this version cannot replay"
        );
        if let Some(task) = replay(inner, last, entry).await? {
            caught.replayed += 1;
            unproven.push(task);
        }
        if unproven.len() == BATCH {
            prove::prove(inner, std::mem::take(&mut unproven)).await?;
        }
    }
    if !unproven.is_empty() {
        prove::prove(inner, unproven).await?;
    }
    Ok(last)
}

/// Transaction 1 of an entry that the database lacks. One that it has only has its keys destroyed once more: the key
/// store may have been put back.
async fn replay(
    inner: &Inner,
    number: i64,
    entry: StreamLedgerResponse,
) -> anyhow::Result<Option<Task>> {
    if position::is_applied(&inner.privacy.database().reader(), number).await? {
        destroy_again(inner, number, &entry).await?;
        return Ok(None);
    }
    let order = ExecutionOrdered {
        request_id: entry.request_id,
        network: entry.network,
        kind: "erasure".to_owned(),
        holder: inner.service().to_owned(),
        ledger_entry: entry.entry,
        decisions: entry.decisions,
        replay_handle: entry.replay_handle,
        ordered_at: entry.at,
    };
    let mut work = inner.outbox.begin().await?;
    let task = erase::execute(inner, &mut work, &order, true).await?;
    work.commit().await?;
    inner.position.saw(number);
    Ok(Some(task))
}

async fn destroy_again(
    inner: &Inner,
    number: i64,
    entry: &StreamLedgerResponse,
) -> anyhow::Result<()> {
    let done = task::find(
        &inner.privacy.database().reader(),
        task::ERASE,
        &entry.request_id,
        number,
    )
    .await?;
    let subjects: Vec<SubjectId> = match done {
        Some(task) => {
            serde_json::from_str::<Progress>(&task.progress)
                .context("the progress is unreadable")?
                .subjects
        }
        None => {
            ReplayHandle::open(&entry.replay_handle, inner.privacy.tokens(), &entry.network)?
                .subjects
        }
    };
    let erased = entry.decisions.iter().filter(|d| d.action == "erase");
    let map = inner.privacy.data_map();
    let categories = erased
        .filter_map(|d| map.category(&d.category))
        .map(|c| c.name)
        .collect();
    inner
        .privacy
        .vault()
        .destroy_all(&[Doomed {
            subjects,
            categories,
        }])
        .await?;
    Ok(())
}

/// Erasures that a crash left between the two transactions.
async fn prove_rest(inner: &Inner) -> anyhow::Result<()> {
    loop {
        let rest = task::unproven(&inner.privacy.database().reader()).await?;
        if rest.is_empty() {
            return Ok(());
        }
        prove::prove(inner, rest).await?;
    }
}

fn away(status: tonic::Status) -> anyhow::Error {
    anyhow::anyhow!(
        "the rights service did not give the ledger: {:?}",
        status.code()
    )
}
