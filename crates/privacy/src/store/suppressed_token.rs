//! Tokens of erased persons: an import may not bring them back.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suppressed_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ledger_entry: i64,
    /// The restricted subject under which something is retained by law; nil when nothing is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    pub key_version: i32,
    pub erased_at: DateTimeUtc,
    /// Set by the person's own act, or by staff on a new basis.
    pub lifted_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
