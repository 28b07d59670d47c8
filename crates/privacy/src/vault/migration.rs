//! The key store migrates itself: it belongs to no service's migrations.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob_null, integer, string, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

pub(super) struct VaultMigrator;

impl MigratorTrait for VaultMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(VaultTables), Box::new(EpochBegins)]
    }
}

struct VaultTables;

impl MigrationName for VaultTables {
    fn name(&self) -> &'static str {
        "m20261121_000001_vault"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for VaultTables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table("person_key")
            .col(uuid("subject_id"))
            .col(string("category"))
            .col(blob_null("wrapped"))
            .col(integer("master_version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("destroyed_at"))
            .primary_key(Index::create().col("subject_id").col("category"))
            .to_owned();
        manager.create_table(keys).await?;
        let marks = Table::create()
            .table("high_water")
            .col(string("name").primary_key())
            .col(big_integer("value"))
            .col(big_integer("epoch"))
            .to_owned();
        manager.create_table(marks).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("high_water").to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table("person_key").to_owned())
            .await
    }
}

/// When an epoch began. Nothing is known of the epochs that are there: their readers go on as before.
struct EpochBegins;

impl MigrationName for EpochBegins {
    fn name(&self) -> &'static str {
        "m20261122_000002_epoch_begins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for EpochBegins {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let marks = Table::alter()
            .table("high_water")
            .add_column(timestamp_with_time_zone_null("epoch_at"))
            .to_owned();
        manager.alter_table(marks).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let marks = Table::alter()
            .table("high_water")
            .drop_column("epoch_at")
            .to_owned();
        manager.alter_table(marks).await
    }
}
