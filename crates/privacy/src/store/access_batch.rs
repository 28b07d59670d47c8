//! Batches of the access log, as this database has sealed them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub previous: Vec<u8>,
    pub root: Vec<u8>,
    pub line_count: i32,
    pub hash: Vec<u8>,
    pub sealed_at: DateTimeUtc,
    /// When the rights service was seen to have it.
    pub replicated_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
