//! The sign-ins of provisioning systems become those of providers' order systems, too: `import_login` is `legacy_login`.

use sea_orm_migration::prelude::*;

/// Renames `import_login`.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "import_login", "legacy_login").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "legacy_login", "import_login").await
    }
}

async fn rename(
    manager: &SchemaManager<'_>,
    from: &'static str,
    to: &'static str,
) -> Result<(), DbErr> {
    manager
        .rename_table(Table::rename().table(from, to).to_owned())
        .await
}
