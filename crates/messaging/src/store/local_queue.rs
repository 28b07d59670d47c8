//! Table `local_queue`: what a subscriber of the local transport has not taken yet. It is what a durable queue is for a broker: who
//! is away delays nobody else, and gets everything, in order, when it is back. The bodies stay in `outbox`.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, FromQueryResult as _, QuerySelect as _, Set};

use super::{envelope_of, outbox, sql};
use crate::Envelope;

/// One message for one service.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "local_queue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub service: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Keeps a message for these services; for one that it is kept for already, nothing changes.
pub(crate) async fn keep(
    tx: &DatabaseTransaction,
    services: &[&str],
    message_id: Uuid,
) -> Result<(), DbErr> {
    let rows = services.iter().map(|service| ActiveModel {
        service: Set((*service).to_owned()),
        message_id: Set(message_id),
    });
    let known = OnConflict::columns([Column::Service, Column::MessageId])
        .do_nothing()
        .to_owned();
    Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The services that something is kept for.
pub(crate) async fn services<C: ConnectionTrait>(reader: &C) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Service)
        .distinct()
        .into_tuple()
        .all(reader)
        .await
}

/// What is kept for a service, oldest first.
pub(crate) async fn kept_for<C: ConnectionTrait>(
    reader: &C,
    service: &str,
    limit: i64,
) -> Result<Vec<Envelope>, DbErr> {
    const KEPT: &str = "SELECT outbox.* FROM local_queue
        JOIN outbox ON outbox.message_id = local_queue.message_id
        WHERE local_queue.service = $1 ORDER BY outbox.seq LIMIT $2";
    let rows = reader
        .query_all_raw(sql(reader, KEPT, [service.into(), limit.into()]))
        .await?;
    rows.iter()
        .map(|row| Ok(envelope_of!(outbox::Model::from_query_result(row, "")?)))
        .collect()
}

/// The service has these.
pub(crate) async fn taken(
    tx: &DatabaseTransaction,
    service: &str,
    messages: &[Uuid],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Service.eq(service))
        .filter(Column::MessageId.is_in(messages.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// How many messages are kept, for whomever.
pub(crate) async fn count<C: ConnectionTrait>(reader: &C) -> Result<u64, DbErr> {
    Entity::find().count(reader).await
}
