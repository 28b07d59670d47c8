//! Technical orders. What is `Option<Vec<u8>>` is sealed under the key of the customer of the order that it delivers, or of
//! nobody in particular.

use chrono::{DateTime, Utc};
use kernel::{AccessId, NetworkCode, ProviderId};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

use crate::domain::technical::operation::Operation;
use crate::domain::technical::state::TechnicalState;
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "technical_order";

/// One row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "technical_order")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who ordered it.
    pub provider_id: String,
    /// Whose home it is about.
    pub subject_id: Option<Uuid>,
    /// The customer's order that it delivers.
    pub customer_order_id: Option<Uuid>,
    /// See [`Operation`].
    pub operation: String,
    /// The technical service; of CHANGE the wanted one.
    pub service: String,
    /// Its type.
    pub service_type: String,
    /// Of which subscription; of ACTIVATE the one that came of it.
    pub subscription_id: Option<Uuid>,
    /// Whether it takes the service from another provider.
    pub forced_takeover: bool,
    /// See [`TechnicalState`].
    pub state: String,
    /// When it is wanted.
    pub requested_at: Option<DateTimeUtc>,
    /// When it came.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub changed_at: DateTimeUtc,
    /// Counts its changes.
    pub version: i64,
    /// Where; empty once erased.
    pub access_id: Option<String>,
    /// The provider's id of customer or service; empty once erased.
    pub sp_reference: Option<String>,
    /// The provider's id of the subscription; empty once erased.
    pub sp_subscription_id: Option<String>,
    /// Sealed.
    pub external_note: Option<Vec<u8>>,
    /// Sealed JSON.
    pub characteristics: Option<Vec<u8>>,
    /// Sealed JSON.
    pub equipment: Option<Vec<u8>>,
    /// Sealed: why it failed.
    pub message: Option<Vec<u8>>,
    /// The network ordered it for the provider, who is told when it is done.
    pub by_network: bool,
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

/// What a list is narrowed to. Deleted orders are in no list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this provider's.
    pub provider: Option<ProviderId>,
    /// Only at this access.
    pub access: Option<AccessId>,
    /// Only in this state; none: those that are not done.
    pub state: Option<TechnicalState>,
    /// After this one.
    pub after: Option<TechnicalOrderId>,
}

/// Stores a new order.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Stores an order as it is now. The caller holds it locked, of its network.
pub async fn update(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(row.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// One order of the network and provider that has not been deleted: another provider's is not there.
pub async fn find_of_provider(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: TechnicalOrderId,
) -> Result<Option<Model>, DbErr> {
    there(network)
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::Id.eq(id.as_uuid()))
        .one(db)
        .await
}

/// One order of the network that has not been deleted.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: TechnicalOrderId,
) -> Result<Option<Model>, DbErr> {
    there(network)
        .filter(Column::Id.eq(id.as_uuid()))
        .one(db)
        .await
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: TechnicalOrderId,
) -> Result<Option<Model>, DbErr> {
    there(network)
        .filter(Column::Id.eq(id.as_uuid()))
        .lock_exclusive()
        .one(db)
        .await
}

/// The order of a provider about a subscription that asks for the same and is not done.
pub async fn find_unfinished(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    subscription: SubscriptionId,
    operation: Operation,
) -> Result<Option<Model>, DbErr> {
    unfinished(network, provider)
        .filter(Column::SubscriptionId.eq(subscription.as_uuid()))
        .filter(Column::Operation.eq(operation.as_str()))
        .order_by_asc(Column::Id)
        .one(db)
        .await
}

/// The order of a provider to activate a service at an access that is not done.
pub async fn find_activation(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    access: &AccessId,
    service: &str,
) -> Result<Option<Model>, DbErr> {
    unfinished(network, provider)
        .filter(Column::Operation.eq(Operation::Activate.as_str()))
        .filter(Column::AccessId.eq(access.as_str()))
        .filter(Column::Service.eq(service))
        .order_by_asc(Column::Id)
        .one(db)
        .await
}

/// A page of a list, the oldest first.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = match filter.state {
        Some(state) => there(network).filter(Column::State.eq(state.as_str())),
        None => there(network).filter(is_unfinished()),
    };
    if let Some(provider) = &filter.provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    if let Some(access) = &filter.access {
        query = query.filter(Column::AccessId.eq(access.as_str()));
    }
    if let Some(after) = filter.after {
        query = query.filter(Column::Id.gt(after.as_uuid()));
    }
    query.order_by_asc(Column::Id).limit(limit).all(db).await
}

/// Orders of a network that wait for their time and whose time has come, the oldest first.
pub async fn due(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    there(network)
        .filter(Column::State.eq(TechnicalState::Received.as_str()))
        .filter(Column::RequestedAt.lte(now))
        .order_by_asc(Column::RequestedAt)
        .limit(limit)
        .all(db)
        .await
}

/// The networks that have an order whose time has come: the one query that is not scoped, because the clock is everybody's.
pub async fn networks_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Network)
        .distinct()
        .filter(Column::State.eq(TechnicalState::Received.as_str()))
        .filter(Column::RequestedAt.lte(now))
        .into_tuple()
        .all(db)
        .await
}

/// Orders by their ids, also deleted ones; for what has been told of them.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::Id.is_in(ids))
        .all(db)
        .await
}

fn there(network: &NetworkCode) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::State.ne(TechnicalState::Deleted.as_str()))
}

fn unfinished(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    there(network)
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(is_unfinished())
}

fn is_unfinished() -> Condition {
    let words = TechnicalState::UNFINISHED.map(TechnicalState::as_str);
    Condition::all().add(Column::State.is_in(words))
}

impl Model {
    /// Its id.
    pub fn key(&self) -> TechnicalOrderId {
        TechnicalOrderId::from_uuid(self.id)
    }

    /// The operation.
    ///
    /// # Errors
    /// The stored word is none.
    pub fn operation(&self) -> Result<Operation, DbErr> {
        Operation::parse(&self.operation)
            .ok_or_else(|| DbErr::Type("stored operation is unreadable".to_owned()))
    }

    /// The state.
    ///
    /// # Errors
    /// The stored word is none.
    pub fn state(&self) -> Result<TechnicalState, DbErr> {
        TechnicalState::parse(&self.state)
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
