//! Providers' systems that are called, one for each provider and network.

use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use super::unreadable;
use crate::domain::provider_system::{ApiVersion, Function};

/// One row. Its `Debug` shows neither an address nor a secret.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_system")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose.
    pub provider_id: String,
    /// Counts its changes.
    pub version: i64,
    /// Where ON-API's paths begin, without a slash at the end.
    pub base_url: String,
    /// A word of [`ApiVersion`].
    pub api_version: String,
    /// Words of [`Function`] with spaces between.
    pub functions: String,
    /// Sealed: user name and password.
    pub credential: Option<Vec<u8>>,
    /// Where a signed link leads; or empty.
    pub portal_url: String,
    /// By which the provider knows the network there; or empty.
    pub portal_operator: String,
    /// Sealed: the pre-shared key of signed links.
    pub portal_key: Option<Vec<u8>>,
    /// When it was last put.
    pub changed_at: DateTimeUtc,
    /// By whom.
    pub changed_by: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("provider_system::Model")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Whether the provider's system has a function.
    pub fn has(&self, function: Function) -> bool {
        self.functions
            .split(' ')
            .any(|word| word == function.as_str())
    }

    /// The functions that it has.
    pub fn functions(&self) -> Vec<Function> {
        self.functions
            .split(' ')
            .filter_map(Function::parse)
            .collect()
    }

    /// In which version it is spoken to.
    ///
    /// # Errors
    /// The database was changed by another hand.
    pub fn api_version(&self) -> Result<ApiVersion, DbErr> {
        let parsed = ApiVersion::parse(&self.api_version);
        parsed.ok_or_else(|| DbErr::Type("stored api_version is unreadable".to_owned()))
    }

    /// Whose it is.
    ///
    /// # Errors
    /// The database was changed by another hand.
    pub fn owner(&self) -> Result<(NetworkCode, ProviderId), DbErr> {
        Ok((
            NetworkCode::parse(&self.network).map_err(unreadable("network"))?,
            ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
        ))
    }
}

/// A provider's system.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Option<Model>, DbErr> {
    of(network, provider).one(db).await
}

/// The same, and nobody else changes it, or begins a call of an order, until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Option<Model>, DbErr> {
    of(network, provider).lock_exclusive().one(db).await
}

/// A network's, by provider; `limit` bounds the answer.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .order_by_asc(Column::ProviderId)
        .limit(limit)
        .all(db)
        .await
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

/// Removes it.
pub async fn remove(db: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    Entity::delete_by_id(row.id).exec(db).await.map(drop)
}

fn of(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}
