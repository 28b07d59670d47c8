//! What was found wrong with the copies of the access logs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_finding")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(super) id: Uuid,
    pub(super) holder: String,
    pub(super) reason: String,
    /// Of what it was found with: the same thing again is no new finding.
    pub(super) fingerprint: String,
    pub(super) epoch: i64,
    pub(super) number: i64,
    pub(super) found_at: DateTimeUtc,
    pub(super) closed_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
