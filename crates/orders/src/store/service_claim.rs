//! Who has which type of service at which access, or has ordered it. The key of the table is the rule: there is one.
//!
//! A claim says what a port carries, not who lives there: it outlives the customer's erasure, as the service does, and leads
//! to a subscription that names nobody any more.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel as _, QuerySelect as _, QueryTrait as _};

use crate::domain::technical::{SubscriptionId, TechnicalOrderId};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_claim")]
pub struct Model {
    /// The network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub access_id: String,
    /// Of what type.
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_type: String,
    /// Who.
    pub provider_id: String,
    /// Which service.
    pub service: String,
    /// The order that wants it, while it is not done.
    pub order_id: Option<Uuid>,
    /// The subscription that has it.
    pub subscription_id: Option<Uuid>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Takes the place if it is free. False: somebody has it, or had it when the other transaction ended, which is waited for.
pub async fn take(db: &impl ConnectionTrait, claim: Model) -> Result<bool, DbErr> {
    let key = [Column::Network, Column::AccessId, Column::ServiceType];
    let once = OnConflict::columns(key).do_nothing().to_owned();
    let mut insert = Entity::insert(claim.into_active_model())
        .on_conflict(once)
        .into_query();
    insert.returning_col(Column::Network);
    Ok(db.query_one(&insert).await?.is_some())
}

/// Who has it, and nobody else takes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    access: &AccessId,
    service_type: &str,
) -> Result<Option<Model>, DbErr> {
    of_access(network, access)
        .filter(Column::ServiceType.eq(service_type))
        .lock_exclusive()
        .one(db)
        .await
}

/// Who has this service there; nothing when it is only ordered.
pub async fn find_service(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    access: &AccessId,
    service: &str,
) -> Result<Option<Model>, DbErr> {
    of_access(network, access)
        .filter(Column::Service.eq(service))
        .filter(Column::SubscriptionId.is_not_null())
        .one(db)
        .await
}

/// Where a subscription is.
pub async fn of_subscriptions(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::SubscriptionId.is_in(ids))
        .all(db)
        .await
}

/// The subscriptions at an access.
pub async fn at(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    access: &AccessId,
) -> Result<Vec<Model>, DbErr> {
    of_access(network, access).all(db).await
}

/// Stores who has it now. The caller holds it locked.
pub async fn update(db: &impl ConnectionTrait, claim: Model) -> Result<(), DbErr> {
    Entity::update(claim.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// The place is free again: the order that wanted it is done or gone.
pub async fn release_order(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    order: TechnicalOrderId,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::OrderId.eq(order.as_uuid()))
        .filter(Column::SubscriptionId.is_null())
        .exec(db)
        .await
        .map(drop)
}

/// The place is free again: the subscription has ended, or has another type now.
pub async fn release_subscription(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    subscription: SubscriptionId,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::SubscriptionId.eq(subscription.as_uuid()))
        .exec(db)
        .await
        .map(drop)
}

fn of_access(network: &NetworkCode, access: &AccessId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::AccessId.eq(access.as_str()))
}
