//! The schema of the gateway database, step by step.

mod m0001_networks;
mod m0002_staff;
mod m0003_provider_credentials;
mod m0004_import_credentials;
mod m0005_legacy_logins;

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// All steps: the gateway's own, then those of the crates whose tables live in the same database.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m0001_networks::Migration),
            Box::new(m0002_staff::Migration),
            Box::new(m0003_provider_credentials::Migration),
            Box::new(m0004_import_credentials::Migration),
            Box::new(m0005_legacy_logins::Migration),
        ];
        steps.extend(messaging::migrations());
        steps.extend(privacy::migrations());
        steps
    }
}
