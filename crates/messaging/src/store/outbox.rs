//! Table `outbox`: what is to leave, and what has left lately.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, UpdateStatement};
use sea_orm::{Condition, DatabaseTransaction, FromQueryResult as _, QueryTrait as _, Set};
use service_kit::database::Database;

use super::{envelope_columns, envelope_of, sql};
use crate::envelope::Audience;
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
    pub audience: String,
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
    pub(crate) audience: Audience,
}

/// Rows of one statement: SQLite takes 32,766 parameters, a row has 18.
const ROWS_PER_INSERT: usize = 500;

pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    envelopes: Vec<(Envelope, Audience)>,
) -> Result<(), DbErr> {
    let now = due::now();
    let mut rows = envelopes
        .into_iter()
        .map(|(envelope, audience)| row(envelope, audience, now))
        .peekable();
    while rows.peek().is_some() {
        let batch: Vec<ActiveModel> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        Entity::insert_many(batch)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(envelope: Envelope, audience: Audience, now: DateTime<Utc>) -> ActiveModel {
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
        audience: Set(label(audience).to_owned()),
    })
}

/// Claims due rows, oldest first, none whose key has a row that is leased or waits for its next attempt.
/// By state, never by `seq > last`: numbers commit out of order.
///
/// To choose and to take are two statements of their own: the second one takes only what is still free.
pub(crate) async fn claim(
    database: &Database,
    owner: Uuid,
    lease: Duration,
    limit: usize,
) -> Result<Vec<Claimed>, DbErr> {
    // Each of the inner queries walks a small partial index once; nothing is asked per row, so a long backlog costs no more.
    // Choosing and taking are two statements, because a planner that does not know the table yet may choose once per row;
    // and who finds nothing has written nothing.
    const DUE: &str = "SELECT * FROM outbox
        WHERE delivered_at IS NULL AND next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
        AND partition_key NOT IN (SELECT partition_key FROM outbox WHERE lease_until > $1)
        AND partition_key NOT IN (
            SELECT partition_key FROM outbox WHERE delivered_at IS NULL AND next_attempt_at > $1 AND state = 'pending')
        ORDER BY seq LIMIT $2";
    let (now, until) = (due::now(), due::after(lease));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let reader = database.reader();
    let rows = reader
        .query_all_raw(sql(&reader, DUE, [now.into(), limit.into()]))
        .await?;
    let rows = rows
        .iter()
        .map(|row| Model::from_query_result(row, ""))
        .collect::<Result<Vec<_>, _>>()?;
    let taken = take(database, owner, until, &rows).await?;
    Ok(rows
        .into_iter()
        .filter(|row| taken.contains(&row.seq))
        .map(|row| claimed(row, until))
        .collect())
}

/// Leases the rows; those that a relay with an outdated election has taken meanwhile are left out.
async fn take(
    database: &Database,
    owner: Uuid,
    until: DateTime<Utc>,
    rows: &[Model],
) -> Result<HashSet<i64>, DbErr> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lte(due::now()));
    let take = Query::update()
        .table(Entity)
        .value(Column::LeaseOwner, owner)
        .value(Column::LeaseUntil, until)
        .and_where(Column::Seq.is_in(padded(&seqs)))
        .and_where(Column::DeliveredAt.is_null())
        .cond_where(free)
        .returning_col(Column::Seq)
        .to_owned();
    database
        .write(database.backend().build(&take))
        .await?
        .iter()
        .map(|row| row.try_get("", "seq"))
        .collect()
}

/// The same set, its length a power of two, so that few different statements have to be prepared.
fn padded(seqs: &[i64]) -> Vec<i64> {
    let mut padded = seqs.to_vec();
    if let Some(last) = seqs.last() {
        padded.resize(seqs.len().next_power_of_two(), *last);
    }
    padded
}

fn label(audience: Audience) -> &'static str {
    match audience {
        Audience::Somebody => "somebody",
        Audience::Anybody => "anybody",
    }
}

fn claimed(row: Model, lease_until: DateTime<Utc>) -> Claimed {
    let audience = if row.audience == label(Audience::Anybody) {
        Audience::Anybody
    } else {
        Audience::Somebody
    };
    Claimed {
        audience,
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
    if !delivered.is_empty() {
        tx.execute(&delivery(delivered)).await?;
    }
    Ok(())
}

/// [`mark_delivered`] in a transaction of its own.
pub(crate) async fn mark_delivered_alone(
    database: &Database,
    delivered: &[i64],
) -> Result<(), DbErr> {
    if !delivered.is_empty() {
        let statement = database.backend().build(&delivery(delivered));
        database.write(statement).await?;
    }
    Ok(())
}

fn delivery(delivered: &[i64]) -> UpdateStatement {
    Entity::update_many()
        .col_expr(Column::DeliveredAt, Expr::value(due::now()))
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Seq.is_in(padded(delivered)))
        .into_query()
}

/// These were claimed and not tried.
pub(crate) async fn release(tx: &DatabaseTransaction, untried: &[i64]) -> Result<(), DbErr> {
    if untried.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(Option::<DateTimeUtc>::None))
        .filter(Column::Seq.is_in(padded(untried)))
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

/// Deletes a batch of what was delivered before `before` and is kept for nobody.
pub(crate) async fn delete_delivered(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    const DELETE: &str = "DELETE FROM outbox WHERE seq IN (
        SELECT seq FROM outbox WHERE delivered_at IS NOT NULL AND delivered_at < $1
        AND message_id NOT IN (SELECT message_id FROM local_queue) LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx
        .execute_raw(sql(tx, DELETE, [before.into(), limit.into()]))
        .await?
        .rows_affected())
}
