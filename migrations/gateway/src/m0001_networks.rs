//! The networks that this installation serves, and the host names under which visitors meet them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, timestamp_with_time_zone, uuid};

/// Creates `network`.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("network")
                    .col(uuid("id").primary_key())
                    .col(string("network").unique_key())
                    .col(string("name"))
                    .col(string("slug").unique_key())
                    .col(string("host").default(""))
                    .col(string("language"))
                    .col(timestamp_with_time_zone("created_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("network").to_owned())
            .await
    }
}
