//! The chain of batches in the service's database.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::batch::AccessBatch;
use crate::store::access_chain::{Column, Entity, Model};
use crate::store::{access_batch, access_log};

/// The only row.
const ROW: i32 = 1;

/// The end of the chain, locked until the transaction ends: the update takes the row's lock on every database.
pub(super) async fn lock<C: ConnectionTrait>(tx: &C) -> Result<Model, DbErr> {
    Entity::update_many()
        .col_expr(Column::Id, Expr::value(ROW))
        .filter(Column::Id.eq(ROW))
        .exec(tx)
        .await?;
    read(tx).await
}

/// The end of the chain.
pub(super) async fn read<C: ConnectionTrait>(connection: &C) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(ROW).one(connection).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the access log has no chain".to_owned()))
}

/// Puts a batch at the end of the chain, or beside it when the chain has gone further.
pub(super) async fn append<C: ConnectionTrait>(
    tx: &C,
    end: &Model,
    batch: &AccessBatch,
    replicated_at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let (epoch, number) = columns(batch);
    let row = access_batch::ActiveModel {
        epoch: Set(epoch),
        number: Set(number),
        previous: Set(batch.previous.to_vec()),
        root: Set(batch.root.to_vec()),
        line_count: Set(i32::try_from(batch.lines).unwrap_or(i32::MAX)),
        hash: Set(batch.hash().to_vec()),
        sealed_at: Set(batch.sealed_at),
        replicated_at: Set(replicated_at),
    };
    access_batch::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    if (end.epoch, end.number) < (epoch, number) {
        Entity::update_many()
            .col_expr(Column::Epoch, Expr::value(epoch))
            .col_expr(Column::Number, Expr::value(number))
            .col_expr(Column::Hash, Expr::value(batch.hash().to_vec()))
            .filter(Column::Id.eq(ROW))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Notes up to where the copies have been compared; never back.
pub(super) async fn set_compared<C: ConnectionTrait>(tx: &C, position: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Compared, Expr::value(position))
        .filter(Column::Id.eq(ROW))
        .filter(Column::Compared.lt(position))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes that the rights service has a batch.
pub(super) async fn set_replicated<C: ConnectionTrait>(
    tx: &C,
    batch: &AccessBatch,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (epoch, number) = columns(batch);
    access_batch::Entity::update_many()
        .col_expr(access_batch::Column::ReplicatedAt, Expr::value(now))
        .filter(access_batch::Column::Epoch.eq(epoch))
        .filter(access_batch::Column::Number.eq(number))
        .filter(access_batch::Column::ReplicatedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Puts lines into the log, and into their batch: one that was not sealed yet is, and one that is there stays as it is.
pub(super) async fn put_lines<C: ConnectionTrait>(
    tx: &C,
    lines: Vec<access_log::ActiveModel>,
) -> Result<(), DbErr> {
    let there = OnConflict::column(access_log::Column::Id)
        .update_columns([
            access_log::Column::BatchEpoch,
            access_log::Column::BatchNumber,
        ])
        .to_owned();
    access_log::Entity::insert_many(lines)
        .on_conflict(there)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Epoch and number as columns; [`AccessBatch::parse`] has refused what does not fit.
pub(super) fn columns(batch: &AccessBatch) -> (i64, i64) {
    let column = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    (column(batch.epoch), column(batch.number))
}
