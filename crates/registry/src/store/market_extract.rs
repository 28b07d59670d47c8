//! What providers were given: contract and range of the feed, not row by row (decision 30).

use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel as _, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::execute;

/// Name of the table in the data map.
pub const TABLE: &str = "market_extract";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "market_extract")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub provider_id: String,
    pub contract_id: Uuid,
    /// The credential that asked.
    pub caller_id: String,
    /// `market` or `on-api`.
    pub interface: String,
    /// The cursor that it began after.
    pub after: String,
    /// The last cursor that was given; empty until the end is known.
    pub until: String,
    pub put: i64,
    pub removed: i64,
    pub withheld: i64,
    pub begun_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Before the first byte.
pub async fn begin<C: ConnectionTrait>(tx: &C, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// After the last one.
pub async fn end<C: ConnectionTrait>(tx: &C, row: &Model, now: DateTimeUtc) -> Result<(), DbErr> {
    let sql = "UPDATE market_extract SET until = $3, put = $4, removed = $5, withheld = $6, ended_at = $7 \
         WHERE id = $1 AND network = $2";
    let values = [
        row.id.into(),
        row.network.as_str().into(),
        row.until.as_str().into(),
        row.put.into(),
        row.removed.into(),
        row.withheld.into(),
        now.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The extracts of a network, newest first, after that one; of one provider only when one is named.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    provider: Option<&ProviderId>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(provider) = provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    query
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await
}
