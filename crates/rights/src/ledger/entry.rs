//! Entries.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) entry: i64,
    pub(super) kind: String,
    pub(super) network: String,
    pub(super) request_id: String,
    pub(super) scope: String,
    pub(super) at: DateTimeUtc,
    pub(super) canonical: Vec<u8>,
    pub(super) hash: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
