//! Batches of the holders' access logs, as they arrived.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_copy")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) holder: String,
    /// Counts the holder's batches; there is no gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) position: i64,
    pub(super) epoch: i64,
    pub(super) number: i64,
    pub(super) previous: String,
    pub(super) hash: String,
    pub(super) line_count: i64,
    pub(super) sealed_at: DateTimeUtc,
    pub(super) received_at: DateTimeUtc,
    /// The signed head; it stays verifiable when the lines are dropped.
    pub(super) signed: Vec<u8>,
    /// Opaque; emptied when the last backup has expired.
    pub(super) sealed_lines: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
