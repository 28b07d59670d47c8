//! Orders that no provider has received, by when something is done about it.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

use super::order::{Column, Entity, Model};
use crate::domain::OrderId;
use crate::domain::status::OrderStatus;

/// The networks that have an order that is due.
pub async fn networks_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Network)
        .distinct()
        .filter(due(now))
        .into_tuple()
        .all(db)
        .await
}

/// Orders of a network that are due, the oldest first; `limit` bounds the answer.
pub async fn due_in(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<OrderId>, DbErr> {
    let ids = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Network.eq(network.as_str()))
        .filter(due(now))
        .order_by_asc(Column::Number)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(OrderId::from_uuid).collect())
}

/// Stores how far it has come with an order that is locked.
pub async fn update(db: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RemindAt, Expr::value(row.remind_at))
        .col_expr(Column::Reminders, Expr::value(row.reminders))
        .col_expr(Column::EscalatedAt, Expr::value(row.escalated_at))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Network.eq(row.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

/// Whether a row that was read is due: the same rule as the one by which it was found.
pub fn is_due(row: &Model, now: DateTime<Utc>) -> bool {
    let waits = row.status == OrderStatus::New.as_str() && row.escalated_at.is_none();
    waits && row.remind_at.is_none_or(|at| at <= now)
}

fn due(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::Status.eq(OrderStatus::New.as_str()))
        .add(Column::EscalatedAt.is_null())
        .add(Column::RemindAt.is_null().or(Column::RemindAt.lte(now)))
}
