//! Networks and the host names under which visitors meet them.

use sea_orm::{ConnectionTrait, DbErr, entity::prelude::*};

/// A row of `network`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network's code (`coId`).
    pub network: String,
    /// As people know it.
    pub name: String,
    /// First label of the host name: `ham.example.se`.
    pub slug: String,
    /// Whole host name, or empty.
    pub host: String,
    /// "sv" or "en".
    pub language: String,
    /// When it was entered.
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// All networks, by code. There are tens, not thousands; the number is bounded by [`crate::networks::MAX`].
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    use sea_orm::{QueryOrder, QuerySelect};
    Entity::find()
        .order_by_asc(Column::Network)
        .limit(crate::networks::MAX)
        .all(db)
        .await
}
