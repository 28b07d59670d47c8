//! Batches that bind the lines of the access log.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, integer, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid_null,
};

pub(super) struct AccessBatches;

impl MigrationName for AccessBatches {
    fn name(&self) -> &'static str {
        "m20261122_000020_access_batches"
    }
}

/// What waits to be sealed is found without reading the log.
const UNSEALED: &str =
    "CREATE INDEX ix_access_log_unsealed ON access_log (id) WHERE batch_number IS NULL";

#[async_trait::async_trait]
impl MigrationTrait for AccessBatches {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [batch(), chain()] {
            manager.create_table(table).await?;
        }
        for column in added() {
            let add = Table::alter()
                .table("access_log")
                .add_column(column)
                .to_owned();
            manager.alter_table(add).await?;
        }
        // The chain begins before its first batch.
        let first = Query::insert()
            .into_table("access_chain")
            .columns(["id", "epoch", "number", "hash", "compared"])
            .values_panic([
                1.into(),
                1_i64.into(),
                0_i64.into(),
                vec![0_u8; 32].into(),
                0_i64.into(),
            ])
            .to_owned();
        manager.exec_stmt(first).await?;
        manager
            .get_connection()
            .execute_unprepared(UNSEALED)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["access_batch", "access_chain"] {
            manager
                .drop_table(Table::drop().table(table).if_exists().to_owned())
                .await?;
        }
        let index = Index::drop()
            .name("ix_access_log_unsealed")
            .table("access_log")
            .if_exists()
            .to_owned();
        manager.drop_index(index).await?;
        for column in ["intent", "count", "batch_epoch", "batch_number"] {
            let drop = Table::alter()
                .table("access_log")
                .drop_column(column)
                .to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

fn batch() -> TableCreateStatement {
    Table::create()
        .table("access_batch")
        .col(big_integer("epoch"))
        .col(big_integer("number"))
        .col(blob("previous"))
        .col(blob("root"))
        .col(integer("line_count"))
        .col(blob("hash"))
        .col(timestamp_with_time_zone("sealed_at"))
        .col(timestamp_with_time_zone_null("replicated_at"))
        .primary_key(Index::create().col("epoch").col("number"))
        .to_owned()
}

fn chain() -> TableCreateStatement {
    Table::create()
        .table("access_chain")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(big_integer("epoch"))
        .col(big_integer("number"))
        .col(blob("hash"))
        .col(big_integer("compared"))
        .to_owned()
}

fn added() -> [ColumnDef; 4] {
    [
        uuid_null("intent"),
        big_integer_null("count"),
        big_integer_null("batch_epoch"),
        big_integer_null("batch_number"),
    ]
}
