//! Table `dead_letter`: messages that were given up, until somebody replays or drops them.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, Set};

use super::envelope_columns;
use crate::{Envelope, due};

/// Nobody has dealt with it.
pub(crate) const OPEN: &str = "open";
/// It was put back in the queue.
pub(crate) const REPLAYED: &str = "replayed";
/// It was given up for good.
pub(crate) const DROPPED: &str = "dropped";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dead_letter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
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
    pub reason: String,
    pub error: String,
    pub attempts: i32,
    pub first_received_at: DateTimeUtc,
    pub failed_at: DateTimeUtc,
    pub state: String,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolved_by: Option<String>,
    pub resolved_why: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Why and after what a message was given up.
#[derive(Clone, Debug)]
pub(crate) struct Burial<'a> {
    pub(crate) reason: &'static str,
    pub(crate) error: &'a str,
    pub(crate) attempts: u32,
    pub(crate) first_received_at: DateTime<Utc>,
}

pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    consumer: &str,
    envelope: Envelope,
    burial: Burial<'_>,
) -> Result<Uuid, DbErr> {
    #[expect(
        clippy::disallowed_methods,
        reason = "delivery runs on the clock of the machine"
    )]
    let id = Uuid::now_v7();
    let row: ActiveModel = envelope_columns!(envelope, {
        id: Set(id),
        consumer: Set(consumer.to_owned()),
        reason: Set(burial.reason.to_owned()),
        error: Set(burial.error.to_owned()),
        attempts: Set(i32::try_from(burial.attempts).unwrap_or(i32::MAX)),
        first_received_at: Set(burial.first_received_at),
        failed_at: Set(due::now()),
        state: Set(OPEN.to_owned()),
        resolved_at: Set(None),
        resolved_by: Set(None),
        resolved_why: Set(None),
    });
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// How many dead letters nobody has dealt with.
pub(crate) async fn count_open<C: ConnectionTrait>(
    reader: &C,
    consumer: &str,
) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::Consumer.eq(consumer))
        .filter(Column::State.eq(OPEN))
        .count(reader)
        .await
}
