//! The few whose accesses are kept from providers, in small indexes: a provider that reads a whole network asks of every
//! access whether one of them is there.

use sea_orm_migration::prelude::*;

/// The eleventh step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0011_kept_back"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            "CREATE INDEX ix_resident_kept_back ON resident (network, access_id) \
             WHERE superseded_by IS NULL AND (not_to_providers OR protected)",
            "CREATE INDEX ix_subject_restricted ON subject (network) WHERE restricted_at IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
