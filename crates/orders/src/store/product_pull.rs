//! When a provider's products are fetched, and what came of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

/// Longer than a fetch may take, so that a lease ends only when its holder is gone.
pub const LEASE: Duration = Duration::from_mins(5);
/// Providers that are fetched in one turn.
const PROVIDERS_OF_A_TURN: u64 = 100;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_pull")]
pub struct Model {
    /// That of the provider's system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose.
    pub provider_id: String,
    /// Not before.
    pub next_at: DateTimeUtc,
    /// Who is at it.
    pub lease_owner: Option<Uuid>,
    /// Until then.
    pub lease_until: Option<DateTimeUtc>,
    /// When it was last tried.
    pub tried_at: Option<DateTimeUtc>,
    /// When it last came whole, or had not changed.
    pub succeeded_at: Option<DateTimeUtc>,
    /// When something was last taken.
    pub taken_at: Option<DateTimeUtc>,
    /// Since when it fails.
    pub failing_since: Option<DateTimeUtc>,
    /// That it has failed for long was said.
    pub told: bool,
    /// HTTP status of the last try.
    pub last_status: Option<i32>,
    /// Why the last try failed.
    pub last_failure: Option<String>,
    /// `Last-Modified` of what was last taken.
    pub last_modified: Option<String>,
    /// JSON: what was last taken, and what was wrong with it.
    pub report: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Never tried.
pub fn new(id: Uuid, network: String, provider_id: String, now: DateTime<Utc>) -> Model {
    Model {
        id,
        network,
        provider_id,
        next_at: now,
        lease_owner: None,
        lease_until: None,
        tried_at: None,
        succeeded_at: None,
        taken_at: None,
        failing_since: None,
        told: false,
        last_status: None,
        last_failure: None,
        last_modified: None,
        report: "{}".to_owned(),
    }
}

/// Stores a new one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Stores a changed one, which the caller holds locked.
pub async fn update(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(row.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// Removes that of a system.
pub async fn remove(db: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await.map(drop)
}

/// That of a provider.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .one(db)
        .await
}

/// That of a system, locked.
pub async fn lock(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// Systems whose products are due.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbErr> {
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lte(now));
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::NextAt.lte(now))
        .filter(free)
        .order_by_asc(Column::NextAt)
        .limit(PROVIDERS_OF_A_TURN)
        .into_tuple()
        .all(db)
        .await
}
