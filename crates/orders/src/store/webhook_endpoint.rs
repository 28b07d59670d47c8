//! Endpoints of providers that are told of events.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use super::provider;
use crate::domain::webhook::{ENDPOINTS_MAX, WebhookEndpointId, WebhookKind};

/// [`Model::disabled_reason`]: it answered 410.
pub const GONE: &str = "gone";
/// [`Model::disabled_reason`]: nothing could be delivered for too long.
pub const FAILING: &str = "failing";
/// [`Model::disabled_reason`]: the network's staff turned it off.
pub const BY_NETWORK: &str = "network";

/// One row. Its `Debug` shows neither the address nor a secret.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose.
    pub provider_id: String,
    /// Its name among the provider's.
    pub name: String,
    /// Where.
    pub url: String,
    /// Words of kinds with spaces between.
    pub kinds: String,
    /// It is told of events.
    pub active: bool,
    /// [`GONE`], [`FAILING`], [`BY_NETWORK`].
    pub disabled_reason: Option<String>,
    /// When it was disabled.
    pub disabled_at: Option<DateTimeUtc>,
    /// Sealed.
    pub secret: Vec<u8>,
    /// Sealed; the one before.
    pub previous_secret: Option<Vec<u8>>,
    /// How long that one is valid.
    pub previous_secret_until: Option<DateTimeUtc>,
    /// When it was last changed.
    pub changed_at: DateTimeUtc,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("webhook_endpoint::Model")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Its typed id.
    pub fn key(&self) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(self.id)
    }

    /// Whether it is told of events of this kind.
    pub fn wants(&self, kind: WebhookKind) -> bool {
        self.kinds.split(' ').any(|word| word == kind.as_str())
    }
}

/// Whoever changes the endpoints of a provider does it alone; false when there is no such provider.
pub async fn lock_provider(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: &ProviderId,
) -> Result<bool, DbErr> {
    let row = provider::Entity::find_by_id((network.to_string(), id.to_string()))
        .lock_exclusive()
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// A provider's endpoints, by name.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Vec<Model>, DbErr> {
    of_provider(network, provider)
        .order_by_asc(Column::Name)
        .limit(ENDPOINTS_MAX)
        .all(db)
        .await
}

/// Those that are told of events.
pub async fn active(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Vec<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Active.eq(true))
        .limit(ENDPOINTS_MAX)
        .all(db)
        .await
}

/// One of a provider's.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    name: &str,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Name.eq(name))
        .one(db)
        .await
}

/// By its id, for who delivers: what is to be delivered names it.
pub async fn of_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Stores a new one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Stores a changed one.
pub async fn update(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(row.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// Disables it unless it was changed since it was read; whether it was disabled now.
pub async fn disable(
    db: &impl ConnectionTrait,
    row: &Model,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::Active, Expr::value(false))
        .col_expr(Column::DisabledReason, Expr::value(reason))
        .col_expr(Column::DisabledAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Active.eq(true))
        .filter(Column::ChangedAt.eq(row.changed_at))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Removes it.
pub async fn remove(db: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    Entity::delete_by_id(row.id).exec(db).await.map(drop)
}

fn of_provider(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}
