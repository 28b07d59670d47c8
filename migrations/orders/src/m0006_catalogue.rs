//! The catalogue in full, the price that an order was placed at, and how often each provider was shown where.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, integer, text, text_null, timestamp_with_time_zone_null,
};

/// The sixth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0006_catalogue"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let alter = Table::alter().table(table).add_column(column).take();
            manager.alter_table(alter).await?;
        }
        manager.create_table(offer_showing()).await?;
        let mut external = Index::create();
        // Offerings without a key of the provider's have null, which is equal to nothing.
        let external = external
            .table("offering")
            .name("offering_by_external_key")
            .unique()
            .col("network")
            .col("provider_id")
            .col("external_product_id")
            .col("external_offering_id")
            .take();
        manager.create_index(external).await
    }
}

/// What was entered before is for everybody, everywhere, from ever, without a campaign, and paid by the month.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let empty = |name: &'static str| text(name).default("").take();
    let list = |name: &'static str| text(name).default("[]").take();
    let number = |name: &'static str, usual: i32| integer(name).default(usual).take();
    vec![
        ("provider", empty("phone")),
        ("provider", empty("opening_hours")),
        ("provider", empty("website")),
        ("provider", empty("presentation")),
        ("offering", empty("product_name")),
        ("offering", list("categories")),
        ("offering", number("down_mbps", 0)),
        ("offering", number("up_mbps", 0)),
        ("offering", list("consumer_types")),
        ("offering", list("price_groups")),
        ("offering", number("price_period_months", 1)),
        ("offering", number("notice_months", 0)),
        ("offering", empty("delivery")),
        ("offering", text_null("external_product_id").take()),
        ("offering", text_null("external_offering_id").take()),
        ("offering", list("documents")),
        ("offering", text_null("valid_from").take()),
        ("offering", text_null("valid_until").take()),
        ("offering", boolean("draft").default(false).take()),
        ("offering", list("campaigns")),
        ("offering", timestamp_with_time_zone_null("ended_at").take()),
        ("customer_order", text_null("price").take()),
    ]
}

fn offer_showing() -> TableCreateStatement {
    let mut key = Index::create();
    let key = key
        .col("network")
        .col("day")
        .col("provider_id")
        .col("position")
        .col("providers");
    Table::create()
        .table("offer_showing")
        .col(text("network"))
        .col(date("day"))
        .col(text("provider_id"))
        .col(integer("position"))
        .col(integer("providers"))
        .col(big_integer("times"))
        .primary_key(key)
        .take()
}
