//! What concerns each holder; emptied when the last backup has expired (decisions.md 11), the chain stays verifiable.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_part")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) entry: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) holder: String,
    pub(super) salt: Option<Vec<u8>>,
    pub(super) replay_handle: Option<Vec<u8>>,
    pub(super) decisions: Option<Vec<u8>>,
    pub(super) dropped_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
