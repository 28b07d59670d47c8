//! Every answer that came, with what it did.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub request_id: Uuid,
    pub holder: String,
    /// "discovery" or "execution".
    pub kind: String,
    /// SHA-256 of the signed payload.
    pub fingerprint: String,
    /// "accepted", "repeated", or the code of why it was refused.
    pub effect: String,
    pub received_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
