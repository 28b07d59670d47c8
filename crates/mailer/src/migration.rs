//! The table of the queue, for the migrations of every service that sends mail.

use sea_orm::DbErr;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    blob_null, integer, string, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid, uuid_null,
};

/// Migrations that a service that sends mail puts before its own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(MailTable)]
}

/// Migrations of a service that keeps what networks are called, before its own.
pub fn network_name_migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NetworkNameTable)]
}

struct MailTable;

impl MigrationName for MailTable {
    fn name(&self) -> &'static str {
        "m20261121_000020_mail_table"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for MailTable {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mail()).await?;
        let due = Index::create()
            .name("ix_mail_due")
            .table("mail")
            .col("status")
            .col("next_attempt_at")
            .to_owned();
        let subject = Index::create()
            .name("ix_mail_subject")
            .table("mail")
            .col("subject_id")
            .to_owned();
        manager.create_index(due).await?;
        manager.create_index(subject).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("mail").if_exists().to_owned())
            .await
    }
}

fn mail() -> TableCreateStatement {
    Table::create()
        .table("mail")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid_null("subject_id"))
        .col(string("template"))
        .col(string("language"))
        .col(blob_null("recipient"))
        .col(blob_null("content"))
        .col(text_null("function_recipient"))
        .col(text_null("function_content"))
        .col(string("status"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("next_attempt_at"))
        .col(uuid_null("lease_owner"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(text_null("last_error"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .to_owned()
}

struct NetworkNameTable;

impl MigrationName for NetworkNameTable {
    fn name(&self) -> &'static str {
        "m20261122_000021_network_name_table"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NetworkNameTable {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("network_name")
            .col(string("network").primary_key())
            .col(string("name"))
            .col(timestamp_with_time_zone("named_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("network_name").if_exists().to_owned())
            .await
    }
}
