//! Technical events are deleted by their age, whosever they are.

use sea_orm_migration::prelude::*;

/// Adds the index that the purge walks along.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0008_technical_events_by_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .table("technical_event")
                    .name("technical_event_by_age")
                    .col("at")
                    .to_owned(),
            )
            .await
    }
}
