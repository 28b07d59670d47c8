//! Sign-ins of systems that speak the legacy APIs: what `api_login` gave, kept as a keyed hash of its API.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, entity::prelude::*};

/// A row of `legacy_login`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legacy_login")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The credential's network.
    pub network: String,
    /// The credential: a provisioning system's or a provider's, as the hash's purpose says.
    pub credential_id: Uuid,
    /// Keyed hash of what was given.
    pub hash_hmac: String,
    /// End, however much it is used.
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The sign-in of a keyed hash.
pub async fn by_hash(db: &impl ConnectionTrait, hash_hmac: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::HashHmac.eq(hash_hmac))
        .one(db)
        .await
}

/// Ends every sign-in with a credential of the network.
pub async fn end_all(
    db: &impl ConnectionTrait,
    network: &str,
    credential_id: Uuid,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Network.eq(network))
        .filter(Column::CredentialId.eq(credential_id))
        .exec(db)
        .await
        .map(drop)
}

/// Removes those that are over, of every network.
pub async fn sweep(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let over = Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(db)
        .await?;
    Ok(over.rows_affected)
}
