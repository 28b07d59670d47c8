//! Ledger entries that this database has applied.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_applied")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: i64,
    pub network: String,
    pub request_id: String,
    pub applied_at: DateTimeUtc,
    pub proven_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
