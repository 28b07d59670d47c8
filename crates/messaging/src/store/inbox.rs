//! Table `inbox`: which messages and commands have taken effect. The rows that wait are in [`super::parked`].

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{DatabaseTransaction, QuerySelect as _, QueryTrait as _, Set};
use service_kit::telemetry::TraceContext;

use super::{envelope_columns, sql, without_payload};
use crate::{Envelope, due};

/// It has taken effect.
pub(crate) const DONE: &str = "done";
/// It has not yet; the body is kept and it comes back.
pub(crate) const WAITING: &str = "waiting";
/// It is a dead letter.
pub(crate) const FAILED: &str = "failed";

/// One row: a message for one consumer, or a command (consumer `command:<operation>`).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub consumer: String,
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
    pub received_at: DateTimeUtc,
    pub next_attempt_at: DateTimeUtc,
    pub last_error: Option<String>,
    pub result: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Claims a message for `consumer` as done, before the handler runs: a concurrent duplicate waits on the unique index until this
/// transaction ends. False: it is known already.
pub(crate) async fn claim(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelope: &Envelope,
) -> Result<bool, DbErr> {
    insert(
        tx,
        row(
            consumer,
            without_payload(envelope),
            DONE,
            0,
            due::now(),
            None,
        ),
    )
    .await
}

/// Claims messages for `consumer` as [`claim`] does, all at once. Answers those that were not known.
pub(crate) async fn claim_all(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelopes: &[&Envelope],
) -> Result<HashSet<Uuid>, DbErr> {
    if envelopes.is_empty() {
        return Ok(HashSet::new());
    }
    let now = due::now();
    let rows = envelopes
        .iter()
        .map(|envelope| row(consumer, without_payload(envelope), DONE, 0, now, None));
    let mut insert = Entity::insert_many(rows).on_conflict(once()).into_query();
    insert.returning_col(Column::MessageId);
    let claimed = tx.query_all(&insert).await?;
    claimed
        .iter()
        .map(|row| row.try_get("", "message_id"))
        .collect()
}

/// Adds a message in another state. False: it is known already.
pub(crate) async fn add(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelope: Envelope,
    entry: Entry<'_>,
) -> Result<bool, DbErr> {
    insert(
        tx,
        row(
            consumer,
            envelope,
            entry.state,
            entry.attempts,
            entry.next_attempt_at,
            Some(entry.error.to_owned()),
        ),
    )
    .await
}

/// How a message enters the inbox when it is not simply done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) state: &'static str,
    pub(crate) attempts: u32,
    pub(crate) next_attempt_at: DateTime<Utc>,
    pub(crate) error: &'a str,
}

fn row(
    consumer: &str,
    envelope: Envelope,
    state: &str,
    attempts: u32,
    next_attempt_at: DateTime<Utc>,
    error: Option<String>,
) -> ActiveModel {
    envelope_columns!(envelope, {
        seq: sea_orm::ActiveValue::NotSet,
        consumer: Set(consumer.to_owned()),
        state: Set(state.to_owned()),
        attempts: Set(i32::try_from(attempts).unwrap_or(i32::MAX)),
        received_at: Set(due::now()),
        next_attempt_at: Set(next_attempt_at),
        last_error: Set(error),
        result: Set(None),
    })
}

async fn insert(tx: &DatabaseTransaction, row: ActiveModel) -> Result<bool, DbErr> {
    Ok(Entity::insert(row)
        .on_conflict(once())
        .exec_without_returning(tx)
        .await?
        == 1)
}

fn once() -> OnConflict {
    OnConflict::columns([Column::Consumer, Column::MessageId])
        .do_nothing()
        .to_owned()
}

/// Claims a command. False: it has been done.
pub(crate) async fn claim_command(
    tx: &DatabaseTransaction,
    consumer: &str,
    command_id: Uuid,
) -> Result<bool, DbErr> {
    claim(tx, consumer, &command(command_id)).await
}

fn command(command_id: Uuid) -> Envelope {
    Envelope {
        message_id: command_id,
        event_type: String::new(),
        source: String::new(),
        partition_key: String::new(),
        network: String::new(),
        occurred_at: due::now(),
        trace: TraceContext::default(),
        correlation_id: command_id,
        causation_id: None,
        payload: Vec::new(),
    }
}

/// What a command gave.
pub(crate) async fn command_result(
    tx: &DatabaseTransaction,
    consumer: &str,
    command_id: Uuid,
) -> Result<Option<Vec<u8>>, DbErr> {
    let result: Option<Option<Vec<u8>>> = Entity::find()
        .select_only()
        .column(Column::Result)
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::MessageId.eq(command_id))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(result.flatten())
}

/// Stores what a command gave.
pub(crate) async fn set_command_result(
    tx: &DatabaseTransaction,
    consumer: &str,
    command_id: Uuid,
    result: &[u8],
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Result, Expr::value(result.to_vec()))
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::MessageId.eq(command_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets a batch of what was done before `before`; a repetition after that would take effect again.
pub(crate) async fn delete_done(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    const DELETE: &str = "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE state = 'done' AND received_at < $1 LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx
        .execute_raw(sql(tx, DELETE, [before.into(), limit.into()]))
        .await?
        .rows_affected())
}
