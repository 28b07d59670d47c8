//! A provider's orders by their number, by the time at which they were placed, and by where they are to be delivered.

use kernel::{AccessId, NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::order::{Column, Entity, Model, of_provider};
use crate::domain::status::OrderStatus;

/// The states of an order that is still to be delivered.
pub const OPEN: [OrderStatus; 4] = [
    OrderStatus::New,
    OrderStatus::Received,
    OrderStatus::Active,
    OrderStatus::Waiting,
];

/// The newest order of a service at an access that is still to be delivered.
pub async fn find_open(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    access: &AccessId,
    service: &str,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::AccessId.eq(access.as_str()))
        .filter(Column::Service.eq(service))
        .filter(Column::Status.is_in(OPEN.map(OrderStatus::as_str)))
        .order_by_desc(Column::Number)
        .one(db)
        .await
}

/// One order of the network and provider by its count within the network.
pub async fn find_by_number(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    number: i64,
) -> Result<Option<Model>, DbErr> {
    of_provider(network, provider)
        .filter(Column::Number.eq(number))
        .one(db)
        .await
}

/// A provider's orders that were placed at `since` or later, the oldest first, after the order `after`.
pub async fn placed_since(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    since: DateTimeUtc,
    after: Option<&Model>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of_provider(network, provider).filter(Column::PlacedAt.gte(since));
    if let Some(Model { placed_at, id, .. }) = after {
        let later = Column::PlacedAt.gt(*placed_at);
        let beside = Column::PlacedAt.eq(*placed_at).and(Column::Id.gt(*id));
        query = query.filter(later.or(beside));
    }
    query
        .order_by_asc(Column::PlacedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The order of that number in the network, whosever it is.
pub async fn numbered(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    number: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Number.eq(number))
        .one(db)
        .await
}
