//! Subscriptions: what came of the orders to activate.

use chrono::{DateTime, Utc};
use kernel::{AccessId, NetworkCode, ProviderId};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use crate::domain::technical::SubscriptionId;
use crate::domain::technical::subscription::SubscriptionState;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "subscription";

/// One row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose it is.
    pub provider_id: String,
    /// Whose home it is at.
    pub subject_id: Option<Uuid>,
    /// The customer's order that it delivers.
    pub customer_order_id: Option<Uuid>,
    /// The technical service.
    pub service: String,
    /// Its type.
    pub service_type: String,
    /// See [`SubscriptionState`].
    pub state: String,
    /// ISO 8601, by Swedish clocks.
    pub connection_date: String,
    /// ISO 8601, by Swedish clocks; none while there is one.
    pub disconnection_date: Option<String>,
    /// When it last changed.
    pub changed_at: DateTimeUtc,
    /// Where; empty once erased.
    pub access_id: Option<String>,
    /// The provider's id of customer or service; empty once erased.
    pub sp_reference: Option<String>,
    /// The provider's id of the subscription; empty once erased.
    pub sp_subscription_id: Option<String>,
    /// Sealed JSON.
    pub characteristics: Option<Vec<u8>>,
    /// Sealed JSON.
    pub equipment: Option<Vec<u8>>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these.
    pub ids: Option<Vec<Uuid>>,
    /// Changed at this time or later, also ended; none: those that there are.
    pub changed_since: Option<DateTime<Utc>>,
    /// After this one.
    pub after: Option<SubscriptionId>,
}

/// Stores a new one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Stores one as it is now. The caller holds it locked, of its network.
pub async fn update(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(row.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// One of the network, and nobody else changes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: SubscriptionId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .lock_exclusive()
        .one(db)
        .await
}

/// Whose subscription a provider's reference names, if it is known here.
pub async fn subject_of_reference(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
    sp_reference: &str,
) -> Result<Option<Uuid>, DbErr> {
    let row = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::SpReference.eq(sp_reference))
        .filter(Column::SubjectId.is_not_null())
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.subject_id))
}

/// One of the network and provider: another provider's is not there.
pub async fn find_of_provider(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: SubscriptionId,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Id.eq(id.as_uuid()))
        .one(db)
        .await
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock_of_provider(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: SubscriptionId,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Id.eq(id.as_uuid()))
        .lock_exclusive()
        .one(db)
        .await
}

/// A page of a provider's, the oldest first.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of_provider(network, provider);
    query = match filter.changed_since {
        Some(since) => query.filter(Column::ChangedAt.gte(since)),
        None => query.filter(Column::State.ne(SubscriptionState::Ended.as_str())),
    };
    if let Some(ids) = &filter.ids {
        query = query.filter(Column::Id.is_in(ids.iter().copied()));
    }
    if let Some(after) = filter.after {
        query = query.filter(Column::Id.gt(after.as_uuid()));
    }
    query.order_by_asc(Column::Id).limit(limit).all(db).await
}

/// Subscriptions by their ids; for what has been told of them.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Id.is_in(ids))
        .all(db)
        .await
}

/// The ids of a provider's subscriptions at an access, ended ones too, unless their customer has been erased.
pub async fn ids_at(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    access: &AccessId,
) -> Result<Vec<Uuid>, DbErr> {
    of_provider(network, provider)
        .filter(Column::AccessId.eq(access.as_str()))
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .all(db)
        .await
}

fn of_provider(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}

impl Model {
    /// The state.
    ///
    /// # Errors
    /// The stored word is none.
    pub fn state(&self) -> Result<SubscriptionState, DbErr> {
        SubscriptionState::parse(&self.state)
            .ok_or_else(|| DbErr::Type("stored state is unreadable".to_owned()))
    }

    /// The provider.
    ///
    /// # Errors
    /// The stored id is none.
    pub fn provider(&self) -> Result<ProviderId, DbErr> {
        ProviderId::parse(&self.provider_id).map_err(super::unreadable("provider_id"))
    }
}
