//! Technical orders at the network, the subscriptions that come of them, who has which kind of service at which access, and
//! what providers are told of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// The third step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "orders_0003_technical_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            technical_order(),
            subscription(),
            service_claim(),
            technical_event(),
            technical_feed(),
        ] {
            manager.create_table(table).await?;
        }
        for (table, name, columns) in INDEXES {
            let mut index = Index::create();
            index.table(*table).name(*name);
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}

/// Table, name, columns.
type Indexed = (&'static str, &'static str, &'static [&'static str]);

const INDEXES: &[Indexed] = &[
    // A technical order looks for the customer's order that it delivers.
    (
        "customer_order",
        "customer_order_by_access",
        &["network", "provider_id", "access_id"],
    ),
    (
        "technical_order",
        "technical_order_by_provider",
        &["network", "provider_id", "state", "id"],
    ),
    (
        "technical_order",
        "technical_order_by_state",
        &["network", "state", "id"],
    ),
    (
        "technical_order",
        "technical_order_by_subscription",
        &["subscription_id"],
    ),
    (
        "technical_order",
        "technical_order_by_subject",
        &["subject_id"],
    ),
    (
        "subscription",
        "subscription_by_provider",
        &["network", "provider_id", "id"],
    ),
    (
        "subscription",
        "subscription_by_change",
        &["network", "provider_id", "changed_at"],
    ),
    ("subscription", "subscription_by_subject", &["subject_id"]),
    (
        "service_claim",
        "service_claim_by_subscription",
        &["subscription_id"],
    ),
    ("service_claim", "service_claim_by_order", &["order_id"]),
    (
        "technical_event",
        "technical_event_by_position",
        &["network", "provider_id", "position"],
    ),
    (
        "technical_event",
        "technical_event_by_time",
        &["network", "provider_id", "at"],
    ),
];

/// What is personal is emptied when the customer is erased: the access, both references, everything sealed.
fn technical_order() -> TableCreateStatement {
    Table::create()
        .table("technical_order")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(uuid_null("subject_id"))
        .col(uuid_null("customer_order_id"))
        .col(text("operation"))
        .col(text("service"))
        .col(text("service_type"))
        .col(uuid_null("subscription_id"))
        .col(boolean("forced_takeover"))
        .col(text("state"))
        .col(timestamp_with_time_zone_null("requested_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(big_integer("version"))
        .col(text_null("access_id"))
        .col(text_null("sp_reference"))
        .col(text_null("sp_subscription_id"))
        .col(sealed("external_note"))
        .col(sealed("characteristics"))
        .col(sealed("equipment"))
        .col(sealed("message"))
        .take()
}

fn subscription() -> TableCreateStatement {
    Table::create()
        .table("subscription")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(uuid_null("subject_id"))
        .col(uuid_null("customer_order_id"))
        .col(text("service"))
        .col(text("service_type"))
        .col(text("state"))
        .col(text("connection_date"))
        .col(text_null("disconnection_date"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(text_null("access_id"))
        .col(text_null("sp_reference"))
        .col(text_null("sp_subscription_id"))
        .col(sealed("characteristics"))
        .col(sealed("equipment"))
        .take()
}

/// Its key is the rule: at one access one provider has one service of a type, or has ordered it.
fn service_claim() -> TableCreateStatement {
    let mut key = Index::create();
    Table::create()
        .table("service_claim")
        .col(text("network"))
        .col(text("access_id"))
        .col(text("service_type"))
        .col(text("provider_id"))
        .col(text("service"))
        .col(uuid_null("order_id"))
        .col(uuid_null("subscription_id"))
        .primary_key(key.col("network").col("access_id").col("service_type"))
        .take()
}

fn technical_event() -> TableCreateStatement {
    Table::create()
        .table("technical_event")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(text("provider_id"))
        .col(big_integer("position"))
        .col(timestamp_with_time_zone("at"))
        .col(text("object_type"))
        .col(uuid("object_id"))
        .col(text("kind"))
        .col(text_null("state"))
        .take()
}

/// Where the events of a provider are numbered, under a lock.
fn technical_feed() -> TableCreateStatement {
    let mut key = Index::create();
    Table::create()
        .table("technical_feed")
        .col(text("network"))
        .col(text("provider_id"))
        .col(big_integer("last_position"))
        .primary_key(key.col("network").col("provider_id"))
        .take()
}

fn sealed(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().null().take()
}
