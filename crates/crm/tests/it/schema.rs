//! Every column of the database is declared.

use crm::personal_data::DATA_MAP;
use crm_migration::Migrator;
use service_kit::database::{Database, DatabaseConfig};
use testkit::store::for_each_store;

#[tokio::test]
async fn every_column_is_declared() {
    for_each_store(|url| async move {
        let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        if let Err(undeclared) = privacy::check_schema(&database, &DATA_MAP).await {
            let undeclared: Vec<_> = undeclared.iter().map(ToString::to_string).collect();
            panic!("{}", undeclared.join("\n"));
        }
        database.close().await.unwrap();
    })
    .await;
}
