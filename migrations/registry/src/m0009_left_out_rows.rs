//! How many rejected rows have lost their text, because somebody whom they name was erased, is counted wherever an import is shown.

use sea_orm_migration::prelude::*;

/// The ninth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0009_left_out_rows"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Partial: few rows are emptied, and up to 100,000 of an import are not.
        let sql = "CREATE INDEX ix_rejected_row_emptied ON rejected_row (import_id) WHERE content IS NULL";
        let connection = manager.get_connection();
        connection.execute_unprepared(sql).await?;
        Ok(())
    }
}
