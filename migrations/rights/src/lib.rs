//! The schema of the rights database, step by step; the ledger is a store of its own with steps of its own.

mod m0001_requests;
mod m0002_holders;
mod m0003_evidence;
mod m0101_ledger;
mod m0102_access_copies;

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// The steps of the service's database, the ones of the shared crates first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.extend(mailer::migrations());
        steps.push(Box::new(m0001_requests::Migration));
        steps.push(Box::new(m0002_holders::Migration));
        steps.push(Box::new(m0003_evidence::Migration));
        steps
    }
}

/// The steps of the ledger's own database.
#[derive(Debug)]
pub struct LedgerMigrator;

#[async_trait::async_trait]
impl MigratorTrait for LedgerMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0101_ledger::Migration),
            Box::new(m0102_access_copies::Migration),
        ]
    }
}
