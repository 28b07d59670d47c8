//! Keys of providers' systems, kept as keyed hashes.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryOrder, entity::prelude::*};

/// A row of `provider_credential`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_credential")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network in which the provider sells.
    pub network: String,
    /// The provider.
    pub provider_id: String,
    /// Public half.
    pub client_id: String,
    /// HMAC of the secret half.
    pub secret_hmac: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// Last token given for it.
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The credential of a client id that is not revoked.
pub async fn valid(db: &impl ConnectionTrait, client_id: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::ClientId.eq(client_id))
        .filter(Column::RevokedAt.is_null())
        .one(db)
        .await
}

/// The credential of a sign-in that is not revoked.
pub async fn valid_by_id(
    db: &impl ConnectionTrait,
    network: &str,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::Network.eq(network))
        .filter(Column::RevokedAt.is_null())
        .one(db)
        .await
}

/// The credentials of a provider in a network that are not revoked, oldest first.
pub async fn valid_of(
    db: &impl ConnectionTrait,
    network: &str,
    provider: &str,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::ProviderId.eq(provider))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Every credential of a network, revoked ones too.
pub async fn of_network(db: &impl ConnectionTrait, network: &str) -> Result<Vec<Model>, DbErr> {
    use sea_orm::QuerySelect;
    Entity::find()
        .filter(Column::Network.eq(network))
        .order_by_asc(Column::ProviderId)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(1_000)
        .all(db)
        .await
}

/// Revokes one; false when there is no such valid credential in the network.
pub async fn revoke(
    db: &impl ConnectionTrait,
    network: &str,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::Network.eq(network))
        .filter(Column::ClientId.eq(client_id))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that a token was given for it.
pub async fn used(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}
