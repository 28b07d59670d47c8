//! Sealing: lines that wait become a batch, and the batch's copy leaves, in one transaction.

use chrono::{SubsecRound as _, TimeDelta};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{Inner, Line, chain, event, line};
use crate::batch::AccessBatch;
use crate::store::{access_batch, access_chain, access_log};

/// The mark in the key store: numbers up to here are taken, whatever the database says (decisions.md 9).
const NUMBERS: &str = "access_log.numbers";
/// Lines of a batch: a message of at most some 100 kB.
const LINES: u64 = 256;
/// A copy that has not arrived after so long is sent again.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// Batches that are sent again at once.
const AGAIN: u64 = 50;

/// Seals everything that waits.
pub(super) async fn seal_waiting(inner: &Inner) -> anyhow::Result<()> {
    while waits(&inner.privacy.database().reader()).await? {
        if !seal_batch(inner).await? {
            break;
        }
    }
    Ok(())
}

/// Seals one batch. False: another instance was faster.
async fn seal_batch(inner: &Inner) -> anyhow::Result<bool> {
    let mut work = inner.outbox.begin().await?;
    let end = chain::lock(work.tx()).await?;
    let rows = unsealed()
        .order_by_asc(access_log::Column::Id)
        .limit(LINES)
        .all(work.tx())
        .await?;
    if rows.is_empty() {
        work.rollback().await?;
        return Ok(false);
    }
    inner.ensure_whole(work.tx()).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let lines: Vec<Line> = rows.into_iter().map(Line::from).collect();
    let (epoch, number) = take_number(inner, &end).await?;
    let batch = batch(inner, &end, epoch, number, &lines)?;
    chain::append(work.tx(), &end, &batch, None).await?;
    access_log::Entity::update_many()
        .col_expr(access_log::Column::BatchEpoch, Expr::value(epoch))
        .col_expr(access_log::Column::BatchNumber, Expr::value(number))
        .filter(access_log::Column::Id.is_in(ids))
        .exec(work.tx())
        .await?;
    work.record(event(inner, &batch, &lines)?);
    fail::fail_point!("holder.before_batch_commit");
    work.commit().await?;
    metrics::counter!("holder_access_log_sealed_total").increment(u64::from(batch.lines));
    Ok(true)
}

/// The next number, taken in the key store before the database has it: a number that a restored database has forgotten is
/// seen to be taken, and a new epoch begins. So does it after a crash in between, which costs nothing.
async fn take_number(inner: &Inner, end: &access_chain::Model) -> anyhow::Result<(i64, i64)> {
    let vault = inner.privacy.vault();
    let epoch = vault.compare(NUMBERS, end.number).await?.max(end.epoch);
    let number = end.number + 1;
    vault.raise(NUMBERS, number).await?;
    Ok((epoch, number))
}

fn batch(
    inner: &Inner,
    end: &access_chain::Model,
    epoch: i64,
    number: i64,
    lines: &[Line],
) -> anyhow::Result<AccessBatch> {
    Ok(AccessBatch {
        holder: inner.service().to_owned(),
        epoch: u64::try_from(epoch)?,
        number: u64::try_from(number)?,
        previous: hash(&end.hash)?,
        root: line::root(lines),
        lines: u32::try_from(lines.len())?,
        sealed_at: inner.privacy.clock().now().trunc_subsecs(6),
    })
}

/// Sends again what has not been seen with the rights service: a copy may have become a dead letter, or rights was restored.
pub(super) async fn send_again(inner: &Inner) -> anyhow::Result<()> {
    let before = inner.privacy.clock().now() - PATIENCE;
    let missing = access_batch::Entity::find()
        .filter(access_batch::Column::ReplicatedAt.is_null())
        .filter(access_batch::Column::SealedAt.lt(before))
        .order_by_asc(access_batch::Column::Epoch)
        .order_by_asc(access_batch::Column::Number)
        .limit(AGAIN)
        .all(&inner.privacy.database().reader())
        .await?;
    for row in missing {
        send_one_again(inner, row).await?;
    }
    Ok(())
}

async fn send_one_again(inner: &Inner, row: access_batch::Model) -> anyhow::Result<()> {
    let lines = access_log::Entity::find()
        .filter(access_log::Column::BatchEpoch.eq(row.epoch))
        .filter(access_log::Column::BatchNumber.eq(row.number))
        .order_by_asc(access_log::Column::Id)
        .all(&inner.privacy.database().reader())
        .await?;
    let lines: Vec<Line> = lines.into_iter().map(Line::from).collect();
    let batch = AccessBatch {
        holder: inner.service().to_owned(),
        epoch: u64::try_from(row.epoch)?,
        number: u64::try_from(row.number)?,
        previous: hash(&row.previous)?,
        root: line::root(&lines),
        lines: u32::try_from(lines.len())?,
        sealed_at: row.sealed_at,
    };
    if batch.hash().as_slice() != row.hash {
        metrics::counter!("holder_access_log_altered_total").increment(1);
        let (epoch, number) = (row.epoch, row.number);
        tracing::error!(epoch, number, "lines of a sealed batch were altered");
        return Ok(());
    }
    let mut work = inner.outbox.begin().await?;
    work.record(event(inner, &batch, &lines)?);
    Ok(work.commit().await?)
}

async fn waits<C: ConnectionTrait>(reader: &C) -> Result<bool, DbErr> {
    Ok(unsealed().limit(1).one(reader).await?.is_some())
}

fn unsealed() -> sea_orm::Select<access_log::Entity> {
    access_log::Entity::find().filter(access_log::Column::BatchNumber.is_null())
}

fn hash(stored: &[u8]) -> anyhow::Result<[u8; 32]> {
    Ok(stored.try_into()?)
}
