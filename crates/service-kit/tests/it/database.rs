//! The database of a service, on both stores.

mod bulk;
mod postgres;
mod replaced;
mod sqlite;

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use sea_orm_migration::prelude::*;
use service_kit::database::{Database, DatabaseConfig};

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Notes)]
    }
}

struct Notes;

impl MigrationName for Notes {
    fn name(&self) -> &'static str {
        "m0001_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Notes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        let id = ColumnDef::new("id")
            .big_integer()
            .not_null()
            .primary_key()
            .to_owned();
        manager
            .create_table(
                table
                    .table("note")
                    .col(id)
                    .col(ColumnDef::new("text").text().not_null())
                    .to_owned(),
            )
            .await
    }
}

pub async fn connect(url: &str) -> Database {
    let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
    database.migrate::<Migrator>().await.unwrap();
    database
}

pub async fn write(database: &Database, id: i64, text: &str) {
    let transaction = database.begin().await.unwrap();
    insert(&transaction, id, text).await.unwrap();
    transaction.commit().await.unwrap();
}

pub async fn insert(on: &impl sea_orm::ConnectionTrait, id: i64, text: &str) -> Result<(), DbErr> {
    let row = Query::insert()
        .into_table("note")
        .columns(["id", "text"])
        .values_panic([id.into(), text.into()])
        .to_owned();
    on.execute(&row).await.map(|_| ())
}

pub async fn texts(database: &Database) -> Vec<String> {
    let rows = Query::select()
        .column("text")
        .from("note")
        .order_by("id", Order::Asc)
        .to_owned();
    let rows = database.reader().query_all(&rows).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "text").unwrap())
        .collect()
}

pub async fn scalar(database: &Database, sql: &str) -> String {
    let statement = Statement::from_string(database.backend(), sql);
    let row = database
        .reader()
        .query_one_raw(statement)
        .await
        .unwrap()
        .unwrap();
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|n| n.to_string()))
        .unwrap()
}

#[tokio::test]
async fn what_is_committed_is_read_and_what_is_dropped_is_not() {
    testkit::store::for_each_store(|url| async move {
        let database = connect(&url).await;
        write(&database, 1, "kept").await;
        let dropped = database.begin().await.unwrap();
        insert(&dropped, 2, "dropped").await.unwrap();
        drop(dropped);
        write(&database, 3, "after").await;
        assert_eq!(texts(&database).await, ["kept", "after"]);
        database.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn instances_that_start_at_once_migrate_once() {
    testkit::store::for_each_store(|url| async move {
        let starts = (0..4).map(|_| {
            let url = url.clone();
            tokio::spawn(async move { connect(&url).await })
        });
        let databases: Vec<Database> = futures::future::join_all(starts)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        write(&databases[0], 1, "one").await;
        assert_eq!(texts(&databases[3]).await, ["one"]);
    })
    .await;
}
