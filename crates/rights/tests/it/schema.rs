use rights::personal_data::DATA_MAP;
use service_kit::database::{Database, DatabaseConfig};
use testkit::store::for_each_store;

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_every_table_is_declared() {
    for_each_store(|url| async {
        let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
        database
            .migrate::<rights_migration::Migrator>()
            .await
            .unwrap();
        assert_eq!(privacy::check_schema(&database, &DATA_MAP).await, Ok(()));
        database.close().await.unwrap();
    })
    .await;
}
