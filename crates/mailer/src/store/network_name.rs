//! What people call a network.

use sea_orm::entity::prelude::*;

/// A row of `network_name`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_name")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    pub name: String,
    pub named_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
