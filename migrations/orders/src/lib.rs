//! The schema of the orders database, step by step.

use sea_orm_migration::prelude::*;

mod m0001_orders;
mod m0002_orders_by_time;
mod m0003_technical_orders;
mod m0004_order_forms;
mod m0005_webhooks;
mod m0006_catalogue;
mod m0007_back_office;
mod m0008_technical_events_by_age;
mod m0009_provider_systems;
mod m0010_catalogue_version;

/// Every step, the ones of the shared crates first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.extend(mailer::migrations());
        steps.extend(mailer::network_name_migrations());
        steps.push(Box::new(m0001_orders::Migration));
        steps.push(Box::new(m0002_orders_by_time::Migration));
        steps.push(Box::new(m0003_technical_orders::Migration));
        steps.push(Box::new(m0004_order_forms::Migration));
        steps.push(Box::new(m0005_webhooks::Migration));
        steps.push(Box::new(m0006_catalogue::Migration));
        steps.push(Box::new(m0007_back_office::Migration));
        steps.push(Box::new(m0008_technical_events_by_age::Migration));
        steps.push(Box::new(m0009_provider_systems::Migration));
        steps.push(Box::new(m0010_catalogue_version::Migration));
        steps
    }
}
