//! What a network sells is kept in memory; a version says whether it still is what the database holds.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

/// The tenth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0010_catalogue_version"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("catalogue_version")
            .col(text("network").primary_key())
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(table).await
    }
}
