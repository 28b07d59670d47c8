use orders::personal_data::DATA_MAP;
use orders_migration::Migrator;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use service_kit::database::{Database, DatabaseConfig};
use testkit::store::for_each_store;

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_every_table_is_declared() {
    for_each_store(|url| async {
        let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        assert_eq!(privacy::check_schema(&database, &DATA_MAP).await, Ok(()));
        database.close().await.unwrap();
    })
    .await;
}

/// The schema as it was before there were reports.
struct Before;

impl MigratorTrait for Before {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = Migrator::migrations();
        let mut names = steps.iter().map(|step| step.name());
        let reports = names.position(|name| name == "orders_0007_back_office");
        steps.truncate(reports.unwrap());
        steps
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_from_before_there_were_reports_are_counted_too() {
    for_each_store(|url| async move {
        let url = if url.starts_with("sqlite:") {
            format!("{url}?mode=rwc")
        } else {
            url
        };
        let connection = sea_orm::Database::connect(url).await.unwrap();
        Before::up(&connection, None).await.unwrap();
        let backend = connection.get_database_backend();
        let id = |n: u8| match backend {
            DbBackend::Sqlite => format!("x'{}'", format!("{n:02x}").repeat(16)),
            _ => format!("'{}'::uuid", format!("{n:02x}").repeat(16)),
        };
        for order in 1..=2 {
            let insert = format!(
                "INSERT INTO customer_order (id, network, command_id, number, provider_id, offering_id, offering_name, \
                 service, status, placed_at, changed_at, change) VALUES ({0}, 'HAM', {0}, {order}, 'nordbredband', {0}, \
                 'x', 'BB', 'new', '2026-11-22T12:00:00+00:00', '2026-11-22T12:00:00+00:00', 1)",
                id(order)
            );
            connection.execute_unprepared(&insert).await.unwrap();
        }
        // The first was fetched before it was received.
        for (line, (at, kind, text)) in (10..).zip([
            ("12:00:00", "placed", "order placed"),
            ("12:10:00", "disclosed", "personal data fetched, purpose: delivery"),
            ("12:30:00.5", "status", "new → received"),
            ("14:00:00", "status", "received → delivered"),
        ]) {
            let insert = format!(
                "INSERT INTO order_log (id, network, order_id, at, position, kind, actor, text) \
                 VALUES ({}, 'HAM', {}, '2026-11-22T{at}+00:00', 0, '{kind}', 'x', '{text}')",
                id(line),
                id(1)
            );
            connection.execute_unprepared(&insert).await.unwrap();
        }
        Migrator::up(&connection, None).await.unwrap();
        let sql = "SELECT fetched_after_s, delivered_after_s FROM customer_order ORDER BY number";
        let rows = connection.query_all_raw(Statement::from_string(backend, sql));
        let took = |row: &sea_orm::QueryResult| {
            let time = |column| row.try_get::<Option<i64>>("", column).unwrap();
            (time("fetched_after_s"), time("delivered_after_s"))
        };
        let took: Vec<_> = rows.await.unwrap().iter().map(took).collect();
        assert_eq!(took, [(Some(600), Some(7_200)), (None, None)]);
        let sql = "SELECT DISTINCT provider_id FROM order_log";
        let rows = connection.query_all_raw(Statement::from_string(backend, sql));
        let rows = rows.await.unwrap();
        let providers: Vec<String> = rows
            .iter()
            .map(|row| row.try_get("", "provider_id").unwrap())
            .collect();
        assert_eq!(providers, ["nordbredband"]);
        connection.close().await.unwrap();
    })
    .await;
}
