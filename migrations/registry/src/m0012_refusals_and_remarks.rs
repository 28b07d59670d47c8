//! Why a whole file was refused as a reason with its arguments, to say it in another language; and what is to be remarked of
//! rows that were taken. An older version writes neither.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob_null, text};

/// The twelfth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "registry_0012_refusals_and_remarks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text("refusal_reason").default("").to_owned(),
            text("refusal_arguments").default("[]").to_owned(),
            big_integer("remarked").default(0).to_owned(),
            blob_null("remarks"),
        ] {
            let mut alter = Table::alter();
            alter.table("address_import").add_column(column);
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}
