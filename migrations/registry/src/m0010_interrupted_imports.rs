//! Until when the rows of an import are said to come in: whoever stages them says it again and again, so that an import whose
//! process was killed, or whose sender hung up, is known as interrupted.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

/// The tenth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0010_interrupted_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter()
            .table("address_import")
            .add_column(timestamp_with_time_zone_null("staging_until"))
            .to_owned();
        manager.alter_table(alter).await?;
        // Nothing comes in while the schema is changed.
        let broken_off =
            "UPDATE address_import SET staging_until = received_at WHERE outcome = 'staging'";
        let connection = manager.get_connection();
        connection.execute_unprepared(broken_off).await?;
        Ok(())
    }
}
