//! The rows of `inbox` that wait: failed for now, or held back behind one that did.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{DatabaseTransaction, QueryResult, QuerySelect as _};

use super::inbox::{Column, DONE, Entity, FAILED, WAITING};
use super::{envelope_of, sql};
use crate::{Envelope, due};

/// A message that may be tried now: the first of its partition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) partition_key: String,
    pub(crate) attempts: u32,
}

/// An attempt that has been counted.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// This one included.
    pub(crate) attempts: u32,
    pub(crate) received_at: DateTime<Utc>,
    pub(crate) envelope: Envelope,
}

/// Whether an earlier message of this key waits, so that this one must too.
pub(crate) async fn holds_back(
    tx: &DatabaseTransaction,
    consumer: &str,
    partition_key: &str,
) -> Result<bool, DbErr> {
    let query = "SELECT 1 FROM inbox WHERE consumer = $1 AND partition_key = $2 AND state = 'waiting' LIMIT 1";
    Ok(tx
        .query_one_raw(sql(tx, query, [consumer.into(), partition_key.into()]))
        .await?
        .is_some())
}

/// Those of the keys of which an earlier message waits.
pub(crate) async fn held_back(
    tx: &DatabaseTransaction,
    consumer: &str,
    partition_keys: BTreeSet<&str>,
) -> Result<HashSet<String>, DbErr> {
    let held: Vec<String> = Entity::find()
        .select_only()
        .column(Column::PartitionKey)
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::State.eq(WAITING))
        .filter(Column::PartitionKey.is_in(partition_keys))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(held.into_iter().collect())
}

/// Turns the claim of this transaction into a wait, with the body.
pub(crate) async fn hold(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelope: &Envelope,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Payload, Expr::value(envelope.payload.clone()))
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::MessageId.eq(envelope.message_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// What may be tried now: due, and the first of its key.
pub(crate) async fn due_heads<C: ConnectionTrait>(
    reader: &C,
    consumer: &str,
    limit: i64,
) -> Result<Vec<Head>, DbErr> {
    const HEADS: &str = "SELECT seq, partition_key, attempts FROM inbox WHERE next_attempt_at <= $2 AND seq IN (
            SELECT MIN(seq) FROM inbox WHERE consumer = $1 AND state = 'waiting' GROUP BY partition_key)
        ORDER BY next_attempt_at, seq LIMIT $3";
    let rows = reader
        .query_all_raw(sql(
            reader,
            HEADS,
            [consumer.into(), due::now().into(), limit.into()],
        ))
        .await?;
    rows.iter().map(head).collect()
}

fn head(row: &QueryResult) -> Result<Head, DbErr> {
    let attempts: i32 = row.try_get("", "attempts")?;
    Ok(Head {
        seq: row.try_get("", "seq")?,
        partition_key: row.try_get("", "partition_key")?,
        attempts: u32::try_from(attempts).unwrap_or_default(),
    })
}

/// Counts an attempt before it is made, so that a message that kills the process is given up in the end. None: somebody
/// else took it.
pub(crate) async fn count_attempt(
    tx: &DatabaseTransaction,
    seq: i64,
    next_attempt_at: DateTime<Utc>,
) -> Result<Option<Attempt>, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::NextAttemptAt, Expr::value(next_attempt_at))
        .filter(Column::Seq.eq(seq))
        .filter(Column::State.eq(WAITING))
        .filter(Column::NextAttemptAt.lte(due::now()))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    let row = Entity::find_by_id(seq).one(tx).await?;
    Ok(row.map(|row| Attempt {
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        received_at: row.received_at,
        envelope: envelope_of!(row),
    }))
}

/// Takes the message as done before its handler runs; the row stays locked until the transaction ends. False: it no longer waits.
pub(crate) async fn claim(tx: &DatabaseTransaction, seq: i64) -> Result<bool, DbErr> {
    leave(tx, seq, DONE).await
}

/// It becomes a dead letter, which has the body.
pub(crate) async fn fail(tx: &DatabaseTransaction, seq: i64) -> Result<bool, DbErr> {
    leave(tx, seq, FAILED).await
}

async fn leave(tx: &DatabaseTransaction, seq: i64, state: &str) -> Result<bool, DbErr> {
    let left = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Payload, Expr::value(Vec::<u8>::new()))
        .filter(Column::Seq.eq(seq))
        .filter(Column::State.eq(WAITING))
        .exec(tx)
        .await?;
    Ok(left.rows_affected == 1)
}

/// It failed again and keeps waiting.
pub(crate) async fn wait_again(
    tx: &DatabaseTransaction,
    seq: i64,
    error: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastError, Expr::value(error))
        .filter(Column::Seq.eq(seq))
        .filter(Column::State.eq(WAITING))
        .exec(tx)
        .await?;
    Ok(())
}

/// Puts a dead letter back in the queue. False: it has taken effect meanwhile.
pub(crate) async fn revive(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelope: &Envelope,
) -> Result<bool, DbErr> {
    let revived = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::NextAttemptAt, Expr::value(due::now()))
        .col_expr(Column::Payload, Expr::value(envelope.payload.clone()))
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::MessageId.eq(envelope.message_id))
        .filter(Column::State.eq(FAILED))
        .exec(tx)
        .await?;
    Ok(revived.rows_affected == 1)
}

/// How many messages wait for this consumer.
pub(crate) async fn count<C: ConnectionTrait>(reader: &C, consumer: &str) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::State.eq(WAITING))
        .count(reader)
        .await
}
