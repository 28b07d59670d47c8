//! Orders with their sealed customer.

use chrono::NaiveDate;
use kernel::{AccessId, NetworkCode, ProviderId};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::unreadable;
use crate::domain::catalogue::price::Price;
use crate::domain::number::OrderNumber;
use crate::domain::order::{Order, OrderState};
use crate::domain::status::OrderStatus;
use crate::domain::{OfferingId, OrderId};

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "customer_order";

/// One row. What is `Option<Vec<u8>>` is sealed under the customer's key.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_order")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose order it is.
    pub subject_id: Option<Uuid>,
    /// The caller's command.
    pub command_id: Uuid,
    /// Count within the network.
    pub number: i64,
    /// Who delivers.
    pub provider_id: String,
    /// What was ordered.
    pub offering_id: Uuid,
    /// Its name at the time.
    pub offering_name: String,
    /// The technical service.
    pub service: String,
    /// See [`OrderStatus`].
    pub status: String,
    /// When it was placed.
    pub placed_at: DateTimeUtc,
    /// When it last changed.
    pub changed_at: DateTimeUtc,
    /// Its last place in the provider's feed.
    pub change: i64,
    /// Where; empty once erased.
    pub access_id: Option<String>,
    /// ISO 8601; empty once erased.
    pub requested_date: Option<String>,
    /// Sealed.
    pub customer_name: Option<Vec<u8>>,
    /// Sealed.
    pub identity_number: Option<Vec<u8>>,
    /// Sealed.
    pub email: Option<Vec<u8>>,
    /// Sealed.
    pub phone: Option<Vec<u8>>,
    /// Sealed JSON of the address of the place.
    pub address: Option<Vec<u8>>,
    /// Sealed: what was ordered from whom at which price, in words, for an extract.
    pub ordered: Option<Vec<u8>>,
    /// Sealed: what the command said, to know a repetition from another command.
    pub request_content: Option<Vec<u8>>,
    /// The network's form that it was placed with; 0: there was none.
    pub network_form_version: i32,
    /// The provider's form that it was placed with; 0: there was none.
    pub provider_form_version: i32,
    /// When something is done about its provider not having received it; empty: not looked at yet, or nothing any more.
    pub remind_at: Option<DateTimeUtc>,
    /// How often the provider has been reminded of it.
    pub reminders: i32,
    /// When the network was told that nobody had received it.
    pub escalated_at: Option<DateTimeUtc>,
    /// Seconds from the order to its provider having received it or fetched its personal data, whichever was first.
    pub fetched_after_s: Option<i64>,
    /// Seconds from the order to its first delivery.
    pub delivered_after_s: Option<i64>,
    /// JSON of the [`Price`] that it was placed at; none on an order from before prices were kept.
    pub price: Option<String>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What staff filter by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this state.
    pub status: Option<OrderStatus>,
    /// Only this provider.
    pub provider: Option<ProviderId>,
    /// Only those that wait for their provider, so far.
    pub unfetched: Option<Unfetched>,
    /// Only numbers below this one: the page before ended there.
    pub below: Option<i64>,
}

/// How long an order that is new has waited for its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfetched {
    /// So long that the provider was reminded, or the network told.
    Reminded,
    /// So long that the network was told.
    Escalated,
}

/// Stores a new order.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// One order of the network.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OrderId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .one(db)
        .await
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OrderId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .lock_exclusive()
        .one(db)
        .await
}

/// One order of the network and provider: another provider's is not there.
pub async fn find_of_provider(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: OrderId,
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
    id: OrderId,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Id.eq(id.as_uuid()))
        .lock_exclusive()
        .one(db)
        .await
}

/// Nobody else reads these persons' orders for writing until the transaction ends.
pub async fn lock_of_subjects(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<(), DbErr> {
    let orders = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SubjectId.is_in(subjects.iter().copied()))
        .order_by_asc(Column::Id)
        .lock_exclusive();
    orders.into_tuple::<Uuid>().all(db).await.map(drop)
}

/// The order that a command has placed.
pub async fn find_by_command(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    command_id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::CommandId.eq(command_id))
        .one(db)
        .await
}

/// The orders of these persons, newest first; at most so many.
pub async fn of_subjects(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    subjects: &[Uuid],
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::SubjectId.is_in(subjects.iter().copied()))
        .order_by_desc(Column::Number)
        .limit(limit)
        .all(db)
        .await
}

/// A page for staff, newest first.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(provider) = &filter.provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    if let Some(unfetched) = filter.unfetched {
        query = query.filter(Column::Status.eq(OrderStatus::New.as_str()));
        let escalated = Column::EscalatedAt.is_not_null();
        query = query.filter(match unfetched {
            Unfetched::Reminded => Column::Reminders.gt(0).or(escalated),
            Unfetched::Escalated => escalated,
        });
    }
    if let Some(below) = filter.below {
        query = query.filter(Column::Number.lt(below));
    }
    query
        .order_by_desc(Column::Number)
        .limit(limit)
        .all(db)
        .await
}

/// A provider's orders that changed after `change`, in the order of their last changes.
pub async fn changed_after(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    change: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Change.gt(change))
        .order_by_asc(Column::Change)
        .limit(limit)
        .all(db)
        .await
}

/// Stores the state of an order, with its place in the provider's feed.
pub async fn update_status(
    db: &impl ConnectionTrait,
    order: &Order,
    change: i64,
) -> Result<(), DbErr> {
    let state = order.state();
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(state.status.as_str()))
        .col_expr(Column::ChangedAt, Expr::value(state.changed_at))
        .col_expr(Column::Change, Expr::value(change))
        .filter(Column::Id.eq(state.id.as_uuid()))
        .filter(Column::Network.eq(state.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

/// Forgets what the commands of these orders, of any network, said: it repeats answers that are deleted.
pub async fn forget_requests(db: &impl ConnectionTrait, orders: &[Uuid]) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RequestContent, Expr::value(Option::<Vec<u8>>::None))
        .filter(Column::Id.is_in(orders.iter().copied()))
        .exec(db)
        .await
        .map(drop)
}

pub(super) fn of_provider(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}

/// What an erasure has emptied is not there.
fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

impl Model {
    /// Whether the customer has been erased.
    pub fn is_erased(&self) -> bool {
        self.customer_name.as_deref().is_none_or(<[u8]>::is_empty)
    }

    fn price(&self) -> Result<Option<Price>, DbErr> {
        let price = self.price.as_deref().map(serde_json::from_str).transpose();
        price.map_err(|error| DbErr::Type(format!("stored price is unreadable: {error}")))
    }

    /// The order without its customer.
    pub fn to_domain(&self) -> Result<Order, DbErr> {
        let network = NetworkCode::parse(&self.network).map_err(unreadable("network"))?;
        let status = OrderStatus::parse(&self.status)
            .ok_or_else(|| DbErr::Type("stored status is unreadable".to_owned()))?;
        let access = filled(self.access_id.as_deref())
            .map(AccessId::parse)
            .transpose()
            .map_err(unreadable("access_id"))?;
        let requested_date = filled(self.requested_date.as_deref())
            .map(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d"))
            .transpose()
            .map_err(|_| DbErr::Type("stored requested_date is unreadable".to_owned()))?;
        Ok(Order::restore(OrderState {
            id: OrderId::from_uuid(self.id),
            number: OrderNumber::new(network.clone(), self.number),
            network,
            provider: ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
            offering_id: OfferingId::from_uuid(self.offering_id),
            offering_name: self.offering_name.clone(),
            service: self.service.clone(),
            access,
            status,
            placed_at: self.placed_at,
            changed_at: self.changed_at,
            requested_date,
            erased: self.is_erased(),
            reminders: u32::try_from(self.reminders).unwrap_or_default(),
            escalated_at: self.escalated_at,
            price: self.price()?,
        }))
    }
}
