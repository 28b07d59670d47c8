//! What networks' provisioning systems sign in with, and the sign-ins that are valid now.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

/// Creates `import_credential` and `import_login`.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let credential = Table::create()
            .table("import_credential")
            .col(uuid("id").primary_key())
            .col(string("network"))
            .col(big_integer("api_user").unique_key())
            .col(string("key_hmac"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            .to_owned();
        manager.create_table(credential).await?;
        let login = Table::create()
            .table("import_login")
            .col(uuid("id").primary_key())
            .col(string("network"))
            .col(uuid("credential_id"))
            .col(string("hash_hmac").unique_key())
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(login).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["import_login", "import_credential"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
