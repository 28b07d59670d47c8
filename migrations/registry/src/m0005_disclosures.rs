//! Who asked to see people with protected personal data, and who approved.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean_null, pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

/// The fifth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0005_disclosures"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let disclosures = Table::create()
            .table("protected_disclosure")
            .col(pk_uuid("id"))
            .col(text("network"))
            .col(text("access_id"))
            .col(text("requested_by"))
            .col(text("purpose"))
            .col(timestamp_with_time_zone("requested_at"))
            .col(boolean_null("approved"))
            .col(text_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .to_owned();
        manager.create_table(disclosures).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX ix_protected_disclosure_network ON protected_disclosure (network, id)",
            )
            .await?;
        Ok(())
    }
}
