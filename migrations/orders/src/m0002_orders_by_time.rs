//! A provider's orders are listed by the time at which they were placed.

use sea_orm_migration::prelude::*;

/// Adds the index that the list walks along.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0002_orders_by_time"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .table("customer_order")
                    .name("customer_order_by_placed_at")
                    .col("network")
                    .col("provider_id")
                    .col("placed_at")
                    .col("id")
                    .to_owned(),
            )
            .await
    }
}
