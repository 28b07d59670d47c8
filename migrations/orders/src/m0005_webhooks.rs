//! Endpoints of providers that are told of events, and what each is told.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, pk_uuid, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The fifth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0005_webhooks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(endpoint()).await?;
        manager.create_table(delivery()).await?;
        for (name, columns, unique) in INDEXES {
            let table = if name.starts_with("webhook_endpoint") {
                "webhook_endpoint"
            } else {
                "webhook_delivery"
            };
            let mut index = Index::create();
            index.table(table).name(*name);
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}

/// Name, columns, unique.
type Indexed = (&'static str, &'static [&'static str], bool);

const INDEXES: &[Indexed] = &[
    (
        "webhook_endpoint_by_name",
        &["network", "provider_id", "name"],
        true,
    ),
    ("webhook_delivery_by_id", &["id"], true),
    // What is due, of whom.
    (
        "webhook_delivery_by_state",
        &["state", "next_attempt_at", "endpoint_id"],
        false,
    ),
    // What is told before of the same.
    (
        "webhook_delivery_by_object",
        &["endpoint_id", "object_id", "state", "position"],
        false,
    ),
    (
        "webhook_delivery_by_endpoint",
        &["endpoint_id", "position"],
        false,
    ),
    ("webhook_delivery_by_end", &["finished_at"], false),
];

fn endpoint() -> TableCreateStatement {
    Table::create()
        .table("webhook_endpoint")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(text("name"))
        .col(text("url"))
        .col(text("kinds"))
        .col(boolean("active"))
        .col(text_null("disabled_reason"))
        .col(timestamp_with_time_zone_null("disabled_at"))
        .col(ColumnDef::new("secret").blob().not_null())
        .col(ColumnDef::new("previous_secret").blob())
        .col(timestamp_with_time_zone_null("previous_secret_until"))
        .col(timestamp_with_time_zone("changed_at"))
        .take()
}

/// Events of one order are written under the order's lock: their positions grow as they happened.
fn delivery() -> TableCreateStatement {
    Table::create()
        .table("webhook_delivery")
        .col(big_integer("position").auto_increment().primary_key())
        .col(uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(uuid("endpoint_id"))
        .col(text("kind"))
        .col(uuid("object_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("state"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("begun_at"))
        .col(timestamp_with_time_zone("next_attempt_at"))
        .col(uuid_null("lease_owner"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(integer_null("last_status"))
        .col(text_null("last_failure"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .take()
}
