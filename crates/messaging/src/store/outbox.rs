//! Table `outbox`: what is to leave, and what has left lately.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{DatabaseTransaction, FromQueryResult as _, QueryOrder as _, Set};

use super::{envelope_columns, envelope_of, sql};
use crate::{Envelope, due};

/// To be published; earlier rows of its partition key go first.
pub(crate) const PENDING: &str = "pending";
/// Nobody subscribes to it yet. It is kept and tried again, but holds nothing back: order is promised among messages that
/// have a receiver.
pub(crate) const UNROUTABLE: &str = "unroutable";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub message_id: Uuid,
    pub event_type: String,
    pub source: String,
    pub partition_key: String,
    pub network: String,
    pub occurred_at: DateTimeUtc,
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
    pub payload: Vec<u8>,
    pub state: String,
    pub attempts: i32,
    pub recorded_at: DateTimeUtc,
    pub next_attempt_at: DateTimeUtc,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// A row that the relay has claimed.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) seq: i64,
    pub(crate) attempts: u32,
    pub(crate) lease_until: DateTime<Utc>,
    pub(crate) envelope: Envelope,
}

/// Rows of one statement: SQLite takes 32,766 parameters, a row has 17.
const ROWS_PER_INSERT: usize = 500;

pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    envelopes: Vec<Envelope>,
) -> Result<(), DbErr> {
    let now = due::now();
    let mut rows = envelopes
        .into_iter()
        .map(|envelope| row(envelope, now))
        .peekable();
    while rows.peek().is_some() {
        let batch: Vec<ActiveModel> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        Entity::insert_many(batch)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(envelope: Envelope, now: DateTime<Utc>) -> ActiveModel {
    envelope_columns!(envelope, {
        seq: sea_orm::ActiveValue::NotSet,
        state: Set(PENDING.to_owned()),
        attempts: Set(0),
        recorded_at: Set(now),
        next_attempt_at: Set(now),
        lease_owner: Set(None),
        lease_until: Set(None),
        delivered_at: Set(None),
        last_error: Set(None),
    })
}

/// Whether there is anything that [`claim`] might find; a cheap read that spares the write.
pub(crate) async fn any_due<C: ConnectionTrait>(reader: &C) -> Result<bool, DbErr> {
    let query = "SELECT 1 FROM outbox WHERE delivered_at IS NULL AND next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1";
    Ok(reader
        .query_one_raw(sql(reader, query, [due::now().into()]))
        .await?
        .is_some())
}

/// Claims due rows, oldest first, none whose key has an earlier row that is leased or waits for its next attempt.
/// By state, never by `seq > last`: numbers commit out of order.
pub(crate) async fn claim(
    tx: &DatabaseTransaction,
    owner: Uuid,
    lease: Duration,
    limit: usize,
) -> Result<Vec<Claimed>, DbErr> {
    const CLAIM: &str = "UPDATE outbox SET lease_owner = $1, lease_until = $2 WHERE seq IN (
            SELECT o.seq FROM outbox o
            WHERE o.delivered_at IS NULL AND o.next_attempt_at <= $3 AND (o.lease_until IS NULL OR o.lease_until <= $3)
            AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.delivered_at IS NULL AND e.partition_key = o.partition_key AND e.seq < o.seq
                AND e.state = 'pending' AND (e.next_attempt_at > $3 OR e.lease_until > $3))
            ORDER BY o.seq LIMIT $4)
        AND delivered_at IS NULL AND (lease_until IS NULL OR lease_until <= $3)
        RETURNING *";
    let until = due::after(lease);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [owner.into(), until.into(), due::now().into(), limit.into()];
    let rows = tx.query_all_raw(sql(tx, CLAIM, values)).await?;
    let mut claimed = rows
        .iter()
        .map(|row| Model::from_query_result(row, "").map(|row| claimed(row, until)))
        .collect::<Result<Vec<_>, _>>()?;
    claimed.sort_unstable_by_key(|row| row.seq);
    Ok(claimed)
}

fn claimed(row: Model, lease_until: DateTime<Utc>) -> Claimed {
    Claimed {
        seq: row.seq,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        lease_until,
        envelope: envelope_of!(row),
    }
}

/// Frees what an earlier relay had claimed; for the one that has just been elected.
pub(crate) async fn free_others(tx: &DatabaseTransaction, owner: Uuid) -> Result<u64, DbErr> {
    let freed = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .filter(Column::DeliveredAt.is_null())
        .filter(Column::LeaseOwner.ne(owner))
        .filter(Column::LeaseUntil.is_not_null())
        .exec(tx)
        .await?;
    Ok(freed.rows_affected)
}

/// The transport has taken responsibility for these.
pub(crate) async fn mark_delivered(
    tx: &DatabaseTransaction,
    delivered: &[i64],
) -> Result<(), DbErr> {
    if delivered.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::DeliveredAt, Expr::value(due::now()))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Seq.is_in(delivered.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// These were claimed and not tried.
pub(crate) async fn release(tx: &DatabaseTransaction, untried: &[i64]) -> Result<(), DbErr> {
    if untried.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .filter(Column::Seq.is_in(untried.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// This one was tried in vain and is kept.
pub(crate) async fn postpone(
    tx: &DatabaseTransaction,
    seq: i64,
    state: &str,
    error: &str,
    next_attempt_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::NextAttemptAt, Expr::value(next_attempt_at))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Seq.eq(seq))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a batch of what was delivered before `before`.
pub(crate) async fn delete_delivered(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    const DELETE: &str = "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE delivered_at IS NOT NULL AND delivered_at < $1 LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx
        .execute_raw(sql(tx, DELETE, [before.into(), limit.into()]))
        .await?
        .rows_affected())
}

/// How many rows wait, and since when the oldest does.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub(crate) pending: u64,
    pub(crate) unroutable: u64,
    pub(crate) oldest: Option<DateTime<Utc>>,
}

pub(crate) async fn backlog<C: ConnectionTrait>(reader: &C) -> Result<Backlog, DbErr> {
    let waiting = Entity::find().filter(Column::DeliveredAt.is_null());
    let unroutable = waiting
        .clone()
        .filter(Column::State.eq(UNROUTABLE))
        .count(reader)
        .await?;
    let pending = waiting.clone().filter(Column::State.eq(PENDING));
    let oldest = pending
        .clone()
        .order_by_asc(Column::Seq)
        .one(reader)
        .await?;
    Ok(Backlog {
        pending: pending.count(reader).await?,
        unroutable,
        oldest: oldest.map(|row| row.recorded_at),
    })
}
