//! The schema of the registry database, step by step.

use sea_orm_migration::prelude::*;

mod m0001_accesses;
mod m0002_imports;
mod m0003_feed;
mod m0004_look_up;
mod m0005_disclosures;
mod m0006_staged_sessions;
mod m0007_pulls;
mod m0008_named_people;
mod m0009_left_out_rows;
mod m0010_interrupted_imports;
mod m0011_kept_back;
mod m0012_refusals_and_remarks;

/// Every step, the ones of the shared crates first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.push(Box::new(m0001_accesses::Migration));
        steps.push(Box::new(m0002_imports::Migration));
        steps.push(Box::new(m0003_feed::Migration));
        steps.push(Box::new(m0004_look_up::Migration));
        steps.push(Box::new(m0005_disclosures::Migration));
        steps.push(Box::new(m0006_staged_sessions::Migration));
        steps.push(Box::new(m0007_pulls::Migration));
        steps.push(Box::new(m0008_named_people::Migration));
        steps.push(Box::new(m0009_left_out_rows::Migration));
        steps.push(Box::new(m0010_interrupted_imports::Migration));
        steps.push(Box::new(m0011_kept_back::Migration));
        steps.push(Box::new(m0012_refusals_and_remarks::Migration));
        steps
    }
}
