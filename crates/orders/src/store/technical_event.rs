//! What has happened to technical orders and subscriptions, provider by provider: ids and states, nothing of anybody.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{IntoActiveModel as _, QueryResult};
use sea_orm::{QueryOrder as _, QuerySelect as _};

/// [`Model::object_type`] of a technical order.
pub const ORDER: &str = "order";
/// [`Model::object_type`] of a subscription.
pub const SUBSCRIPTION: &str = "subscription";

/// One row. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "technical_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who is told.
    pub provider_id: String,
    /// Place among the provider's events.
    pub position: i64,
    /// When.
    pub at: DateTimeUtc,
    /// "order", "subscription".
    pub object_type: String,
    /// Which.
    pub object_id: Uuid,
    /// "created", "updated", "deleted".
    pub kind: String,
    /// Of an order: the state that it came into; none when something else changed.
    pub state: Option<String>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// At this time or later; none: from the first.
    pub since: Option<DateTime<Utc>>,
    /// After this place.
    pub after: i64,
    /// Before this time.
    pub before: DateTime<Utc>,
    /// Only of orders, and only of their states.
    pub order_states_only: bool,
}

/// Takes the next place among a provider's events, and holds it until the transaction ends.
pub async fn next_position(
    db: &impl ConnectionTrait,
    network: &str,
    provider: &str,
) -> Result<i64, DbErr> {
    let statement = Query::insert()
        .into_table("technical_feed")
        .columns(["network", "provider_id", "last_position"])
        .values_panic([network.into(), provider.into(), 1_i64.into()])
        .on_conflict(
            OnConflict::columns(["network", "provider_id"])
                .value(
                    "last_position",
                    Expr::col((Alias::new("technical_feed"), "last_position")).add(1),
                )
                .to_owned(),
        )
        .returning_col("last_position")
        .to_owned();
    let row = db.query_one(&statement).await?;
    row.ok_or_else(|| DbErr::Custom("technical_feed returned no row".to_owned()))?
        .try_get("", "last_position")
}

/// Waits for whoever is telling this provider something now: what they tell is seen after this.
pub async fn wait_for_writers(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<(), DbErr> {
    let statement = Query::select()
        .column("last_position")
        .from("technical_feed")
        .and_where(Expr::col("network").eq(network.as_str()))
        .and_where(Expr::col("provider_id").eq(provider.as_str()))
        .lock_shared()
        .to_owned();
    db.query_one(&statement).await.map(drop)
}

/// The last place of a provider's events; 0 when it has none yet.
pub async fn last_position(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<i64, DbErr> {
    let statement = Query::select()
        .column("last_position")
        .from("technical_feed")
        .and_where(Expr::col("network").eq(network.as_str()))
        .and_where(Expr::col("provider_id").eq(provider.as_str()))
        .to_owned();
    let row = db.query_one(&statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "last_position"))
}

/// Every provider's last place, of every network: what is compared at start with what is noted outside this database.
pub async fn feeds(db: &impl ConnectionTrait) -> Result<Vec<(String, String, i64)>, DbErr> {
    let statement = Query::select()
        .columns(["network", "provider_id", "last_position"])
        .from("technical_feed")
        .to_owned();
    let rows = db.query_all(&statement).await?;
    let feed = |row: QueryResult| {
        Ok((
            row.try_get("", "network")?,
            row.try_get("", "provider_id")?,
            row.try_get("", "last_position")?,
        ))
    };
    rows.into_iter().map(feed).collect()
}

/// Deletes events of before a time, the oldest first; says how many. A provider's last one stays, so that whoever has read
/// everything can go on. It is not scoped, because the clock is everybody's.
pub async fn purge(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    let newer = Query::select()
        .expr(Expr::val(1))
        .from("technical_feed")
        .and_where(Expr::col(("technical_feed", "network")).equals(("technical_event", "network")))
        .and_where(
            Expr::col(("technical_feed", "provider_id")).equals(("technical_event", "provider_id")),
        )
        .and_where(
            Expr::col(("technical_feed", "last_position"))
                .gt(Expr::col(("technical_event", "position"))),
        )
        .to_owned();
    let over: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::At.lt(before))
        .filter(Expr::exists(newer))
        .order_by_asc(Column::At)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let deleted = Entity::delete_many()
        .filter(Column::Id.is_in(over))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}

/// Stores one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The place of an event of this provider.
pub async fn position_of(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: Uuid,
) -> Result<Option<i64>, DbErr> {
    let row = of_provider(network, provider)
        .filter(Column::Id.eq(id))
        .one(db)
        .await?;
    Ok(row.map(|row| row.position))
}

/// A provider's events, the oldest first.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of_provider(network, provider)
        .filter(Column::Position.gt(filter.after))
        .filter(Column::At.lt(filter.before));
    if let Some(since) = filter.since {
        query = query.filter(Column::At.gte(since));
    }
    if filter.order_states_only {
        query = query
            .filter(Column::ObjectType.eq(ORDER))
            .filter(Column::State.is_not_null());
    }
    query
        .order_by_asc(Column::Position)
        .limit(limit)
        .all(db)
        .await
}

fn of_provider(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}
