//! What networks and providers ask in orders, in versions; what customers answer; which versions an order was placed with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    blob_null, boolean, integer, integer_null, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The fourth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0004_order_forms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(order_form()).await?;
        manager.create_table(order_answer()).await?;
        for column in ["network_form_version", "provider_form_version"] {
            // An order from before there were forms was placed with none.
            let column = integer(column).default(0).take();
            let alter = Table::alter()
                .table("customer_order")
                .add_column(column)
                .take();
            manager.alter_table(alter).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// `provider_id` is empty for the network's own form.
fn order_form() -> TableCreateStatement {
    Table::create()
        .table("order_form")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(integer("version"))
        .col(boolean("is_current"))
        .col(text("fields"))
        .col(timestamp_with_time_zone("put_at"))
        .col(text("put_by"))
        .take()
}

fn order_answer() -> TableCreateStatement {
    Table::create()
        .table("order_answer")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(uuid("order_id"))
        .col(text("scope"))
        .col(text("field_key"))
        .col(integer_null("purge_days"))
        .col(timestamp_with_time_zone_null("purge_at"))
        .col(blob_null("question"))
        .col(blob_null("answer"))
        .col(blob_null("value"))
        .col(text_null("plain_value"))
        .take()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let mut versions = Index::create();
    let mut current = Index::create();
    let mut of_order = Index::create();
    let mut of_subject = Index::create();
    let mut due = Index::create();
    vec![
        // Of two who edit the same version, one is first.
        versions
            .table("order_form")
            .name("order_form_by_version")
            .unique()
            .col("network")
            .col("provider_id")
            .col("version")
            .take(),
        current
            .table("order_form")
            .name("order_form_current")
            .col("network")
            .col("is_current")
            .col("provider_id")
            .take(),
        of_order
            .table("order_answer")
            .name("order_answer_by_order")
            .col("order_id")
            .take(),
        of_subject
            .table("order_answer")
            .name("order_answer_by_subject")
            .col("subject_id")
            .take(),
        due.table("order_answer")
            .name("order_answer_by_purge")
            .col("purge_at")
            .col("id")
            .take(),
    ]
}
