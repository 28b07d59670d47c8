//! The network's back office: who has been reminded of an order that nobody has received; how long orders took; the log across
//! orders.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, integer, text, timestamp_with_time_zone_null};
use sea_orm_migration::sea_orm::DbBackend;

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
        for column in order_columns() {
            let alter = Table::alter()
                .table("customer_order")
                .add_column(column)
                .take();
            manager.alter_table(alter).await?;
        }
        let provider = Table::alter()
            .table("order_log")
            .add_column(text("provider_id").default(""))
            .take();
        manager.alter_table(provider).await?;
        fill(manager).await?;
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
    (
        "customer_order",
        "customer_order_by_reminder",
        &["status", "network", "remind_at"],
    ),
    // What a report walks along; a provider's own has customer_order_by_placed_at.
    (
        "customer_order",
        "customer_order_by_network_and_time",
        &["network", "placed_at"],
    ),
    (
        "order_log",
        "order_log_by_time",
        &["network", "at", "position", "id"],
    ),
    (
        "order_log",
        "order_log_by_provider_and_time",
        &["network", "provider_id", "at", "position", "id"],
    ),
];

/// What the new columns say of what is there already, from the log.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let since_placed = match db.get_database_backend() {
        DbBackend::Postgres => {
            "CAST(EXTRACT(EPOCH FROM MIN(line.at) - customer_order.placed_at) AS BIGINT)"
        }
        _ => {
            "CAST(strftime('%s', MIN(line.at)) AS INTEGER) - CAST(strftime('%s', customer_order.placed_at) AS INTEGER)"
        }
    };
    let first = |column: &str, lines: &str| {
        format!(
            "UPDATE customer_order SET {column} = (SELECT {since_placed} FROM order_log AS line \
             WHERE line.order_id = customer_order.id AND ({lines}))"
        )
    };
    let fetched =
        "line.kind = 'disclosed' OR (line.kind = 'status' AND line.text = 'new → received')";
    let delivered = "line.kind = 'status' AND line.text LIKE '% → delivered'";
    let provider = "UPDATE order_log SET provider_id = COALESCE((SELECT o.provider_id FROM customer_order AS o \
                    WHERE o.id = order_log.order_id), '')";
    for statement in [
        first("fetched_after_s", fetched),
        first("delivered_after_s", delivered),
        provider.to_owned(),
    ] {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// `remind_at` is empty until the order is looked at for the first time, and again when there is nothing left to do.
/// The two times are in seconds since the order was placed.
fn order_columns() -> [ColumnDef; 5] {
    [
        timestamp_with_time_zone_null("remind_at").take(),
        integer("reminders").default(0).take(),
        timestamp_with_time_zone_null("escalated_at").take(),
        big_integer_null("fetched_after_s").take(),
        big_integer_null("delivered_after_s").take(),
    ]
}
