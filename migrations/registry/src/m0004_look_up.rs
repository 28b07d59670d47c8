//! What staff look accesses up by: the id before, the property, the outlet's label, and a resident's name as a keyed token.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

/// The fourth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0004_look_up"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Empty until the sweep has made the token of a row that was there before.
        let token = text("name_token").default("").to_owned();
        let alter = Table::alter()
            .table("resident")
            .add_column(token)
            .to_owned();
        manager.alter_table(alter).await?;
        // Partial: a file that says nothing in a column pays nothing for it.
        for statement in [
            "CREATE INDEX ix_access_legacy_id ON access (network, legacy_access_id) WHERE legacy_access_id <> ''",
            "CREATE INDEX ix_access_property ON access (network, property_designation) WHERE property_designation <> ''",
            "CREATE INDEX ix_access_outlet ON access (network, outlet) WHERE outlet <> ''",
            "CREATE INDEX ix_resident_name ON resident (network, name_token) WHERE name_token <> ''",
            "CREATE INDEX ix_resident_without_token ON resident (id) WHERE name_token = '' AND role = 'resident'",
        ] {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }
}
