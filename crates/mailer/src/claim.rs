//! Claiming rows and settling them: two instances never send one row at the same time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{Clock, SystemClock};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::database::Database;
use uuid::Uuid;

use crate::{
    MailRetry,
    outcome::Outcome,
    store::{Column, DROPPED, Entity, FAILED, Model, QUEUED, SENT},
};

/// Longer than one attempt may take ([`crate::smtp::PATIENCE`]), so that a lease ends only when its holder is gone.
const LEASE: Duration = Duration::from_mins(3);

/// Finished rows say only that a mail was sent; after so long nobody asks.
const KEEP_FINISHED: Duration = Duration::from_hours(30 * 24);

/// Takes up to `limit` rows that are due, and leases them to `owner`.
pub(crate) async fn claim(
    database: &Database,
    owner: Uuid,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let now = SystemClock.now();
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lte(now));
    let tx = database.begin().await?;
    let rows = Entity::find()
        .filter(Column::Status.eq(QUEUED))
        .filter(Column::NextAttemptAt.lte(now))
        .filter(free)
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&tx)
        .await?;
    if !rows.is_empty() {
        Entity::update_many()
            .col_expr(Column::LeaseOwner, Expr::value(owner))
            .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(rows)
}

/// Writes down what became of an attempt. A row whose lease went to somebody else is left to them.
pub(crate) async fn settle(
    database: &Database,
    owner: Uuid,
    row: &Model,
    outcome: &Outcome,
    retry: &MailRetry,
) -> Result<(), DbErr> {
    let now = SystemClock.now();
    let mut update = Entity::update_many()
        .col_expr(Column::LeaseOwner, Expr::value(None::<Uuid>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>));
    let attempts = u32::try_from(row.attempts)
        .unwrap_or_default()
        .saturating_add(1);
    let (status, error, next) = match outcome {
        Outcome::Sent => (SENT, None, None),
        Outcome::Gone => (DROPPED, None, None),
        Outcome::Never(error) => (FAILED, Some(error), None),
        Outcome::Later(error) => match retry.next(attempts, row.created_at, now) {
            Some(next) => (QUEUED, Some(error), Some(next)),
            None => (FAILED, Some(error), None),
        },
    };
    update = update
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::LastError, Expr::value(error.cloned()));
    update = match next {
        Some(next) => update.col_expr(Column::NextAttemptAt, Expr::value(next)),
        None => update
            .col_expr(Column::FinishedAt, Expr::value(now))
            .col_expr(Column::Recipient, Expr::value(None::<Vec<u8>>))
            .col_expr(Column::Content, Expr::value(None::<Vec<u8>>))
            .col_expr(Column::FunctionRecipient, Expr::value(None::<String>))
            .col_expr(Column::FunctionContent, Expr::value(None::<String>)),
    };
    let tx = database.begin().await?;
    update
        .filter(Column::Id.eq(row.id))
        .filter(Column::LeaseOwner.eq(owner))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// Removes rows that were finished long ago.
pub(crate) async fn forget_finished(database: &Database) -> Result<u64, DbErr> {
    let tx = database.begin().await?;
    let gone = Entity::delete_many()
        .filter(Column::FinishedAt.lt(SystemClock.now() - KEEP_FINISHED))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}
