//! Providers and offerings; orders with their customer, acceptance and log; disclosures and notices; counters.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The first step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0001_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            provider(),
            offering(),
            customer_order(),
            acceptance(),
            order_log(),
            disclosure(),
            notice(),
        ] {
            manager.create_table(table).await?;
        }
        for table in [order_counter(), provider_feed()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn provider() -> TableCreateStatement {
    let mut key = Index::create();
    Table::create()
        .table("provider")
        .col(text("network"))
        .col(text("provider_id"))
        .col(text("name"))
        .col(text("order_email"))
        .col(text("privacy_url"))
        .col(timestamp_with_time_zone("changed_at"))
        .primary_key(key.col("network").col("provider_id"))
        .take()
}

fn offering() -> TableCreateStatement {
    Table::create()
        .table("offering")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(text("service"))
        .col(text("name"))
        .col(text("description"))
        .col(big_integer("monthly_price_ore"))
        .col(big_integer("start_price_ore"))
        .col(integer("commitment_months"))
        .col(timestamp_with_time_zone("changed_at"))
        .take()
}

/// `access_id`, `requested_date` and everything sealed are emptied when the customer is erased; the rest stays and
/// names nobody.
fn customer_order() -> TableCreateStatement {
    Table::create()
        .table("customer_order")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(uuid("command_id"))
        .col(big_integer("number"))
        .col(text("provider_id"))
        .col(uuid("offering_id"))
        .col(text("offering_name"))
        .col(text("service"))
        .col(text("status"))
        .col(timestamp_with_time_zone("placed_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(big_integer("change"))
        .col(text_null("access_id"))
        .col(text_null("requested_date"))
        .col(sealed("customer_name"))
        .col(sealed("identity_number"))
        .col(sealed("email"))
        .col(sealed("phone"))
        .col(sealed("address"))
        .col(sealed("ordered"))
        .col(sealed("request_content"))
        .take()
}

fn acceptance() -> TableCreateStatement {
    Table::create()
        .table("acceptance")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(uuid("order_id"))
        .col(sealed("order_number"))
        .col(sealed("text_version"))
        .col(sealed("text_language"))
        .col(sealed("channel"))
        .col(sealed("accepted_at"))
        .take()
}

fn order_log() -> TableCreateStatement {
    Table::create()
        .table("order_log")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(uuid("order_id"))
        .col(timestamp_with_time_zone("at"))
        .col(integer("position"))
        .col(text("kind"))
        .col(text("actor"))
        .col(text("text"))
        .col(sealed("message"))
        .take()
}

fn disclosure() -> TableCreateStatement {
    Table::create()
        .table("disclosure")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid_null("subject_id"))
        .col(uuid("order_id"))
        .col(text("provider_id"))
        .col(text("caller_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("purpose_class"))
        .col(sealed("purpose"))
        .take()
}

fn notice() -> TableCreateStatement {
    Table::create()
        .table("notice")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(uuid("request_id"))
        .col(text("kind"))
        .col(text("record_ids"))
        .col(timestamp_with_time_zone("sent_at"))
        .col(timestamp_with_time_zone_null("acknowledged_at"))
        .take()
}

fn order_counter() -> TableCreateStatement {
    let mut network = text("network");
    Table::create()
        .table("order_counter")
        .col(network.primary_key())
        .col(big_integer("last_number"))
        .take()
}

fn provider_feed() -> TableCreateStatement {
    let mut key = Index::create();
    Table::create()
        .table("provider_feed")
        .col(text("network"))
        .col(text("provider_id"))
        .col(big_integer("last_change"))
        .primary_key(key.col("network").col("provider_id"))
        .take()
}

fn sealed(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().null().take()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index(
            "offering",
            "offering_by_service",
            &["network", "service"],
            false,
        ),
        index(
            "customer_order",
            "customer_order_by_number",
            &["network", "number"],
            true,
        ),
        index(
            "customer_order",
            "customer_order_by_command",
            &["network", "command_id"],
            true,
        ),
        index(
            "customer_order",
            "customer_order_by_change",
            &["network", "provider_id", "change"],
            false,
        ),
        index(
            "customer_order",
            "customer_order_by_subject",
            &["subject_id"],
            false,
        ),
        index("acceptance", "acceptance_by_order", &["order_id"], true),
        index(
            "acceptance",
            "acceptance_by_subject",
            &["subject_id"],
            false,
        ),
        index(
            "order_log",
            "order_log_by_order",
            &["order_id", "at"],
            false,
        ),
        index("order_log", "order_log_by_subject", &["subject_id"], false),
        index(
            "disclosure",
            "disclosure_by_subject",
            &["subject_id"],
            false,
        ),
        index("disclosure", "disclosure_by_order", &["order_id"], false),
        index(
            "notice",
            "notice_by_provider",
            &["network", "provider_id", "sent_at"],
            false,
        ),
    ]
}

fn index(
    table: &'static str,
    name: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.table(table).name(name);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    index.take()
}
