//! Contacts, and the links by which they confirm.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    blob, boolean, integer, pk_uuid, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

/// The first step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "crm_0001_contacts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [contact(), confirmation()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn contact() -> TableCreateStatement {
    Table::create()
        .table("contact")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(text("state"))
        .col(text("source"))
        .col(text("language"))
        .col(boolean("newsletter"))
        .col(blob("name"))
        .col(blob("email"))
        .col(blob("phone"))
        .col(blob("company"))
        .col(blob("title"))
        .col(integer("reminders"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(timestamp_with_time_zone_null("next_step_at"))
        .to_owned()
}

fn confirmation() -> TableCreateStatement {
    Table::create()
        .table("confirmation")
        .col(pk_uuid("id"))
        .col(text("network"))
        .col(uuid("subject_id"))
        .col(uuid("contact_id"))
        .col(blob("token_hash"))
        .col(text("text_version"))
        .col(text("language"))
        .col(text_null("channel"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("ix_contact_network", "contact", &["network", "id"]),
        index("ix_contact_subject", "contact", &["subject_id"]),
        index("ix_contact_due", "contact", &["state", "next_step_at"]),
        index("ux_confirmation_token", "confirmation", &["token_hash"])
            .unique()
            .to_owned(),
        index("ix_confirmation_contact", "confirmation", &["contact_id"]),
        index("ix_confirmation_subject", "confirmation", &["subject_id"]),
        index(
            "ix_confirmation_expires",
            "confirmation",
            &["used_at", "expires_at"],
        ),
    ]
}
