//! Keys of networks' provisioning systems, kept as keyed hashes.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryOrder, QuerySelect, entity::prelude::*};

/// A row of `import_credential`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_credential")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The one network into which it lets.
    pub network: String,
    /// Public half: a number, as the market database has it; never given twice.
    pub api_user: i64,
    /// HMAC of the secret half.
    pub key_hmac: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
    /// Last sign-in with it.
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The credential of a number that is not revoked.
pub async fn valid(db: &impl ConnectionTrait, api_user: i64) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::ApiUser.eq(api_user))
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

/// The greatest number that was ever given, in whatever network.
pub async fn last_api_user(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let last = Entity::find()
        .order_by_desc(Column::ApiUser)
        .one(db)
        .await?;
    Ok(last.map(|row| row.api_user))
}

/// Every credential of a network, revoked ones too, oldest first.
pub async fn of_network(db: &impl ConnectionTrait, network: &str) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .order_by_asc(Column::ApiUser)
        .limit(1_000)
        .all(db)
        .await
}

/// Revokes one; false when there is no such valid credential in the network.
pub async fn revoke(
    db: &impl ConnectionTrait,
    network: &str,
    api_user: i64,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::Network.eq(network))
        .filter(Column::ApiUser.eq(api_user))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes a sign-in with it.
pub async fn used(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}
