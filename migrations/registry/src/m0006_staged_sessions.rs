//! Posts that are collected until they become a complete import. Logged on PostgreSQL, unlike staged rows: their sender was
//! told that they are in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob_null, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// The sixth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0006_staged_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(staged_session()).await?;
        manager.create_table(session_post()).await?;
        for statement in [
            // One at a time: a second one would be a second truth.
            "CREATE UNIQUE INDEX ux_staged_session_network ON staged_session (network)",
            // Nulls are distinct: a post whose access cannot be read may be about any.
            "CREATE UNIQUE INDEX ux_session_post_access ON session_post (session_id, access_id)",
            "CREATE INDEX ix_session_post_order ON session_post (session_id, id)",
        ] {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }
}

fn staged_session() -> TableCreateStatement {
    Table::create()
        .table("staged_session")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(text("columns"))
        .col(big_integer("posts"))
        .col(big_integer("bytes"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone("last_post_at"))
        .col(timestamp_with_time_zone_null("closing_until"))
        .to_owned()
}

fn session_post() -> TableCreateStatement {
    Table::create()
        .table("session_post")
        .col(pk_uuid("id"))
        .col(uuid("session_id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(text_null("access_id"))
        .col(blob_null("fields"))
        .to_owned()
}
