//! A consumer whose own database is away takes nothing, and loses nothing.

use std::time::Duration;

use messaging::Transport;
use service_kit::database::{Database, DatabaseConfig};
use testkit::eventually;
use testkit::postgres::Postgres;

use crate::world::{Kind, Migrator, Recorder, Running, World};

/// A pool needs some seconds to notice.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_consumer_local() {
    of_the_consumer(World::open(Kind::LocalSqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_consumer_amqp() {
    of_the_consumer(World::open(Kind::AmqpSqlite).await).await;
}

async fn of_the_consumer(world: World) {
    let mut server = Postgres::start().await.unwrap();
    let counter = world
        .start_on(
            database(&server, "counter").await,
            "counter",
            vec![Recorder::plain()],
        )
        .await;
    let shop = world.start("shop", vec![]).await;
    shop.send("a", 0..10).await;
    eventually!(PATIENCE, counter.effects().await.len() == 10);
    server.kill().unwrap();
    shop.send("a", 10..20).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.restart().await.unwrap();
    eventually!(
        PATIENCE,
        all(&counter, 20).await && shop.undelivered().await == 0
    );
    assert_eq!(counter.effects_of("a").await, (0..20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_producer() {
    let world = World::open(Kind::AmqpSqlite).await;
    assert!(matches!(world.transport, Transport::Amqp(_)));
    let mut server = Postgres::start().await.unwrap();
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world
        .start_on(database(&server, "shop").await, "shop", vec![])
        .await;
    shop.send("a", 0..10).await;
    eventually!(PATIENCE, all(&counter, 10).await);
    server.kill().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.restart().await.unwrap();
    eventually!(PATIENCE, shop.outbox.begin().await.is_ok());
    shop.send("a", 10..20).await;
    eventually!(
        PATIENCE,
        all(&counter, 20).await && shop.undelivered().await == 0
    );
    assert_eq!(counter.effects_of("a").await, (0..20).collect::<Vec<_>>());
}

async fn database(server: &Postgres, name: &str) -> Database {
    let url = server.database(name).await.unwrap();
    let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
    database.migrate::<Migrator>().await.unwrap();
    database
}

/// Also while the database is away: then it is not known.
async fn all(running: &Running, count: i64) -> bool {
    let answers = running.outbox.begin().await.is_ok();
    answers && running.count("SELECT count(*) AS n FROM effect").await >= count
}
