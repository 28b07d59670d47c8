//! The tables, for SQLite and PostgreSQL; each service's migrator includes them.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;

/// The migrations of this crate, in order. Put them before the service's own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(OutboxInMemory)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m20261121_000001_messaging"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_table(inbox()).await?;
        manager.create_table(dead_letter()).await?;
        manager.create_table(lease()).await?;
        manager.create_table(local_subscription()).await?;
        manager.create_table(local_queue()).await?;
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in crate::TABLES {
            manager
                .drop_table(Table::drop().table(Alias::new(*table)).to_owned())
                .await?;
        }
        Ok(())
    }
}

/// What is under way is in the memory of the relay, and the two kinds of rows that wait have an index each.
struct OutboxInMemory;

impl MigrationName for OutboxInMemory {
    fn name(&self) -> &'static str {
        "m20261122_000002_messaging_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for OutboxInMemory {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DROP INDEX outbox_due",
            "DROP INDEX outbox_pending",
            "DROP INDEX outbox_leased",
            "ALTER TABLE outbox DROP COLUMN lease_owner",
            "ALTER TABLE outbox DROP COLUMN lease_until",
            "CREATE INDEX outbox_untried ON outbox (seq) WHERE delivered_at IS NULL AND attempts = 0",
            "CREATE INDEX outbox_tried ON outbox (next_attempt_at) WHERE delivered_at IS NULL AND attempts > 0",
        ] {
            let connection = manager.get_connection();
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Partial, so that what is delivered or done costs nothing; the same text on both databases.
const INDEXES: &[&str] = &[
    "CREATE UNIQUE INDEX outbox_message ON outbox (message_id)",
    "CREATE INDEX outbox_due ON outbox (next_attempt_at, seq) WHERE delivered_at IS NULL",
    "CREATE INDEX outbox_pending ON outbox (seq) WHERE delivered_at IS NULL",
    "CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL",
    "CREATE UNIQUE INDEX inbox_message ON inbox (consumer, message_id)",
    "CREATE INDEX inbox_due ON inbox (consumer, next_attempt_at, seq) WHERE state = 'waiting'",
    "CREATE INDEX inbox_key ON inbox (consumer, partition_key, seq) WHERE state = 'waiting'",
    "CREATE INDEX inbox_done ON inbox (received_at) WHERE state = 'done'",
    "CREATE INDEX dead_letter_open ON dead_letter (consumer, failed_at) WHERE state = 'open'",
    "CREATE INDEX dead_letter_message ON dead_letter (consumer, message_id)",
];

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).to_owned()
}

fn column(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

fn required(name: &'static str) -> ColumnDef {
    column(name).not_null().to_owned()
}

/// The columns that an envelope takes.
fn with_envelope(mut table: TableCreateStatement) -> TableCreateStatement {
    for text in ["event_type", "source", "partition_key", "network"] {
        table.col(required(text).text());
    }
    table
        .col(required("message_id").uuid())
        .col(required("occurred_at").timestamp_with_time_zone())
        .col(column("traceparent").text())
        .col(column("tracestate").text())
        .col(required("correlation_id").uuid())
        .col(column("causation_id").uuid())
        .col(required("payload").blob())
        .to_owned()
}

fn outbox() -> TableCreateStatement {
    with_envelope(
        table("outbox")
            .col(required("seq").big_integer().auto_increment().primary_key())
            .to_owned(),
    )
    .col(required("state").text())
    .col(required("attempts").integer())
    .col(required("recorded_at").timestamp_with_time_zone())
    .col(required("next_attempt_at").timestamp_with_time_zone())
    .col(column("lease_owner").uuid())
    .col(column("lease_until").timestamp_with_time_zone())
    .col(column("delivered_at").timestamp_with_time_zone())
    .col(column("last_error").text())
    .col(required("audience").text())
    .to_owned()
}

fn inbox() -> TableCreateStatement {
    with_envelope(
        table("inbox")
            .col(required("seq").big_integer().auto_increment().primary_key())
            .to_owned(),
    )
    .col(required("consumer").text())
    .col(required("state").text())
    .col(required("attempts").integer())
    .col(required("received_at").timestamp_with_time_zone())
    .col(required("next_attempt_at").timestamp_with_time_zone())
    .col(column("last_error").text())
    .col(column("result").blob())
    .to_owned()
}

fn dead_letter() -> TableCreateStatement {
    with_envelope(
        table("dead_letter")
            .col(required("id").uuid().primary_key())
            .to_owned(),
    )
    .col(required("consumer").text())
    .col(required("reason").text())
    .col(required("error").text())
    .col(required("attempts").integer())
    .col(required("first_received_at").timestamp_with_time_zone())
    .col(required("failed_at").timestamp_with_time_zone())
    .col(required("state").text())
    .col(column("resolved_at").timestamp_with_time_zone())
    .col(column("resolved_by").text())
    .col(column("resolved_why").text())
    .to_owned()
}

fn lease() -> TableCreateStatement {
    table("lease")
        .col(required("name").text().primary_key())
        .col(required("owner").uuid())
        .col(required("until").timestamp_with_time_zone())
        .to_owned()
}

fn local_subscription() -> TableCreateStatement {
    table("local_subscription")
        .col(required("service").text())
        .col(required("topic").text())
        .primary_key(
            Index::create()
                .col(Alias::new("service"))
                .col(Alias::new("topic")),
        )
        .to_owned()
}

fn local_queue() -> TableCreateStatement {
    table("local_queue")
        .col(required("service").text())
        .col(required("message_id").uuid())
        .primary_key(
            Index::create()
                .col(Alias::new("service"))
                .col(Alias::new("message_id")),
        )
        .to_owned()
}
