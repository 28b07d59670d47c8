//! The tables of [`crate::store`], for the migrations of every service.

mod access_batches;
mod task_trace;

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, blob_null, boolean, integer, string, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// Migrations that a service puts before its own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(PrivacyTables),
        Box::new(access_batches::AccessBatches),
        Box::new(task_trace::TaskTrace),
    ]
}

struct PrivacyTables;

impl MigrationName for PrivacyTables {
    fn name(&self) -> &'static str {
        "m20261121_000010_privacy_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PrivacyTables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            subject(),
            subject_token(),
            suppressed_token(),
            access_log(),
            holder_task(),
            applied(),
            position(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in crate::OWN_TABLES {
            manager
                .drop_table(Table::drop().table(table.name).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

fn subject() -> TableCreateStatement {
    Table::create()
        .table("subject")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("restricted_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .to_owned()
}

fn subject_token() -> TableCreateStatement {
    Table::create()
        .table("subject_token")
        .col(string("network"))
        .col(string("field"))
        .col(blob("token"))
        .col(uuid("subject_id"))
        .col(integer("key_version"))
        .col(boolean("verified"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(
            Index::create()
                .col("network")
                .col("field")
                .col("token")
                .col("subject_id"),
        )
        .to_owned()
}

fn suppressed_token() -> TableCreateStatement {
    Table::create()
        .table("suppressed_token")
        .col(string("network"))
        .col(string("field"))
        .col(blob("token"))
        .col(big_integer("ledger_entry"))
        .col(uuid("subject_id"))
        .col(integer("key_version"))
        .col(timestamp_with_time_zone("erased_at"))
        .col(timestamp_with_time_zone_null("lifted_at"))
        .primary_key(
            Index::create()
                .col("network")
                .col("field")
                .col("token")
                .col("ledger_entry")
                .col("subject_id"),
        )
        .to_owned()
}

fn access_log() -> TableCreateStatement {
    Table::create()
        .table("access_log")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(timestamp_with_time_zone("at"))
        .col(string("actor_kind"))
        .col(string("actor_id"))
        .col(text("purpose"))
        .col(uuid("subject_id"))
        .col(string("record"))
        .col(text("fields"))
        .to_owned()
}

fn holder_task() -> TableCreateStatement {
    Table::create()
        .table("holder_task")
        .col(uuid("id").primary_key())
        .col(string("kind"))
        .col(string("request_id"))
        .col(big_integer("reference"))
        .col(string("network"))
        .col(string("state"))
        .col(blob("payload"))
        .col(text("progress"))
        .col(blob_null("answer"))
        .col(boolean("replayed"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("next_attempt_at"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("done_at"))
        .to_owned()
}

fn applied() -> TableCreateStatement {
    Table::create()
        .table("ledger_applied")
        .col(
            ColumnDef::new("entry")
                .big_integer()
                .not_null()
                .primary_key(),
        )
        .col(string("network"))
        .col(string("request_id"))
        .col(timestamp_with_time_zone("applied_at"))
        .col(timestamp_with_time_zone_null("proven_at"))
        .to_owned()
}

fn position() -> TableCreateStatement {
    Table::create()
        .table("ledger_position")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(big_integer("scanned"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("ix_subject_token_subject", "subject_token", &["subject_id"]),
        index("ix_access_log_subject", "access_log", &["subject_id", "at"]),
        index(
            "ix_holder_task_due",
            "holder_task",
            &["state", "next_attempt_at"],
        ),
        index(
            "ux_holder_task_order",
            "holder_task",
            &["kind", "request_id", "reference"],
        )
        .unique()
        .to_owned(),
    ]
}
