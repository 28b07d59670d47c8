//! Address files that are fetched every night: who does it now, what was fetched last, how it ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid_null,
};

/// The seventh step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0007_pulls"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("address_pull")
            .col(ColumnDef::new("network").text().not_null().primary_key());
        for word in ["source", "etag", "last_modified", "outcome", "failure"] {
            table.col(text(word));
        }
        for time in ["known_at", "settled", "planned"] {
            table.col(timestamp_with_time_zone(time));
        }
        for time in [
            "next_attempt_at",
            "claimed_until",
            "begun_at",
            "ended_at",
            "succeeded_at",
        ] {
            table.col(timestamp_with_time_zone_null(time));
        }
        table
            .col(big_integer("attempts"))
            .col(big_integer_null("http_status"))
            .col(uuid_null("claimed_by"))
            .col(uuid_null("import_id"));
        manager.create_table(table).await
    }
}
