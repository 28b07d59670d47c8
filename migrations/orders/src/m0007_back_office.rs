//! The network's back office: who has been reminded of an order that nobody has received.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, timestamp_with_time_zone_null};

/// The seventh step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0007_back_office"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in reminder_columns() {
            let alter = Table::alter()
                .table("customer_order")
                .add_column(column)
                .take();
            manager.alter_table(alter).await?;
        }
        let mut due = Index::create();
        let due = due
            .table("customer_order")
            .name("customer_order_by_reminder")
            .col("status")
            .col("network")
            .col("remind_at");
        manager.create_index(due.take()).await
    }
}

/// `remind_at` is empty until the order is looked at for the first time, and again when there is nothing left to do.
fn reminder_columns() -> [ColumnDef; 3] {
    [
        timestamp_with_time_zone_null("remind_at").take(),
        integer("reminders").default(0).take(),
        timestamp_with_time_zone_null("escalated_at").take(),
    ]
}
