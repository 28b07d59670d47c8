//! What a provider is told about data that it was given.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{QueryOrder as _, QuerySelect as _};

use crate::domain::NoticeId;

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// Given by the rights service.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who is told.
    pub provider_id: String,
    /// The rights request behind it.
    pub request_id: Uuid,
    /// "erasure".
    pub kind: String,
    /// JSON list of order ids.
    pub record_ids: String,
    /// When it was stored.
    pub sent_at: DateTimeUtc,
    /// When the provider said that it acted on it.
    pub acknowledged_at: Option<DateTimeUtc>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Stores a notice; false when it is there already.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<bool, DbErr> {
    let unless_known = OnConflict::column(Column::Id).do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(unless_known)
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// A provider's notices, the oldest first; `limit` bounds the answer.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    include_acknowledged: bool,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of_provider(network, provider);
    if !include_acknowledged {
        query = query.filter(Column::AcknowledgedAt.is_null());
    }
    query
        .order_by_asc(Column::SentAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// One notice of the provider, and nobody else changes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: NoticeId,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Id.eq(id.as_uuid()))
        .lock_exclusive()
        .one(db)
        .await
}

/// Whether the network has this notice, whoever it is for.
pub async fn is_there(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: NoticeId,
) -> Result<bool, DbErr> {
    Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .one(db)
        .await
        .map(|found| found.is_some())
}

/// Stores that the provider acted on it.
pub async fn acknowledge(
    db: &impl ConnectionTrait,
    notice: &Model,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::AcknowledgedAt, Expr::value(at))
        .filter(Column::Id.eq(notice.id))
        .filter(Column::Network.eq(notice.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

fn of_provider(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}
