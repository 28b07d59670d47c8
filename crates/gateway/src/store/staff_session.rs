//! Sessions: opaque tokens, kept as keyed hashes.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, entity::prelude::*};

/// A row of `staff_session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_session")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The user's network.
    pub network: String,
    /// The user as a person.
    pub subject_id: Uuid,
    /// The user.
    pub user_id: Uuid,
    /// Keyed hash of the token.
    pub token_hash: String,
    /// "cookie" or "bearer".
    pub kind: String,
    /// Sign-in.
    pub created_at: DateTimeUtc,
    /// Last use, to the minute.
    pub seen_at: DateTimeUtc,
    /// End, however much it is used.
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The session of a token's keyed hash.
pub async fn by_hash(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TokenHash.eq(token_hash))
        .one(db)
        .await
}

/// Ends one session.
pub async fn end(db: &impl ConnectionTrait, token_hash: &str) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::TokenHash.eq(token_hash))
        .exec(db)
        .await
        .map(drop)
}

/// Ends every session of a user.
pub async fn end_all(db: &impl ConnectionTrait, user_id: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(drop)
}

/// Removes sessions that are over; a row is personal data and stays no longer than it is of use.
pub async fn sweep(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let over = sea_orm::Condition::any()
        .add(Column::ExpiresAt.lte(now))
        .add(Column::SeenAt.lte(idle_since));
    Ok(Entity::delete_many()
        .filter(over)
        .exec(db)
        .await?
        .rows_affected)
}

/// Notes that a session was used.
pub async fn seen(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}
