//! What waits in table `outbox`, measured.

use chrono::{DateTime, Utc};
use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;

use super::outbox::{Column, Entity, PENDING, UNROUTABLE};

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
