//! Staff users, their sessions and invitations, and the record of what they changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, blob_null, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// Creates `staff_user`, `staff_session`, `invitation` and `audit`.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(staff_user()).await?;
        manager.create_table(staff_session()).await?;
        manager.create_table(invitation()).await?;
        manager.create_table(audit()).await?;
        for (table, column) in [
            ("staff_user", "subject_id"),
            ("staff_session", "user_id"),
            ("staff_session", "subject_id"),
            ("invitation", "user_id"),
            ("invitation", "subject_id"),
            ("audit", "subject_id"),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("ix_{table}_{column}"))
                        .table(table)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit", "invitation", "staff_session", "staff_user"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn staff_user() -> TableCreateStatement {
    Table::create()
        .table("staff_user")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        // HMAC of the e-mail under the gateway's key: sign-in must find the row without knowing the network.
        .col(string("login_token").unique_key())
        .col(blob("name"))
        .col(blob("email"))
        .col(string("roles"))
        .col(string("state"))
        .col(string_null("password_hash"))
        .col(blob_null("totp_secret"))
        .col(big_integer("totp_step").default(0))
        .col(big_integer("failures").default(0))
        .col(timestamp_with_time_zone_null("locked_until"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .to_owned()
}

fn staff_session() -> TableCreateStatement {
    Table::create()
        .table("staff_session")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        .col(uuid("user_id"))
        .col(string("token_hash").unique_key())
        .col(string("kind"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned()
}

fn invitation() -> TableCreateStatement {
    Table::create()
        .table("invitation")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        .col(uuid("user_id"))
        .col(string("token_hash").unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .to_owned()
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(uuid("id").primary_key())
        .col(string("network"))
        .col(uuid("subject_id"))
        .col(uuid("actor_id"))
        .col(string("action"))
        .col(string("object"))
        .col(timestamp_with_time_zone("at"))
        .to_owned()
}
