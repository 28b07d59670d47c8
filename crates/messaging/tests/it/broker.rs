//! What only a broker can do to a message.

use std::net::SocketAddr;
use std::time::Duration;

use lapin::options::{BasicPublishOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use messaging::dead_letters::{self, By, DeadLetter, Filter, Rehearsal, Selection};
use messaging::{AmqpConfig, Transport};
use prost::Message as _;
use secrecy::ExposeSecret as _;
use testkit::rabbit::Rabbit;
use testkit::{TlsFiles, eventually};
use uuid::Uuid;

use crate::proxy::Proxy;
use crate::world::{Counted, Kind, NETWORK, PATIENCE, Recorder, Running, TOPIC, World};

/// Two heartbeats and a connection.
const LONG_PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_killed_and_comes_back() {
    let mut broker = Rabbit::start().await.unwrap();
    let mut world = World::open(Kind::AmqpSqlite).await;
    world.transport = over(broker.vhost().await.unwrap());
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    // RabbitMQ 3.10 writes the name of a new queue with some delay, and forgets what is in the queue if it dies before that.
    tokio::time::sleep(Duration::from_secs(5)).await;
    for round in 0..2 {
        send_from(&shop, round * 100, 50).await;
        broker.kill().unwrap();
        send_from(&shop, round * 100 + 50, 50).await;
        broker.restart().await.unwrap();
        eventually!(
            LONG_PATIENCE,
            counter.effects().await.len() >= usize::try_from((round + 1) * 200).unwrap()
        );
    }
    in_order(&counter, &shop, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dies_as_soon_as_it_has_made_a_queue() {
    let mut broker = Rabbit::start().await.unwrap();
    let mut world = World::open(Kind::AmqpSqlite).await;
    let url = broker.vhost().await.unwrap();
    world.transport = over(url.clone());
    let shop = world.start("shop", vec![]).await;
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    made(&url, "uttag.counter.events").await;
    broker.kill().unwrap();
    broker.restart().await.unwrap();
    send_from(&shop, 0, 50).await;
    // RabbitMQ 3.10 has not written the queue's name yet: it makes the queue anew, and elects nobody to lead it. This is the
    // operator's remedy of docs/operations.md.
    let vhost = url.rsplit('/').next().unwrap();
    for queue in ["uttag.counter.events", "uttag.counter.dead"] {
        let elect = format!("ra:trigger_election({{'{vhost}_{queue}', node()}}).");
        broker.control(&["eval", &elect]).await.unwrap();
    }
    eventually!(LONG_PATIENCE, counter.effects().await.len() >= 100);
    in_order(&counter, &shop, 50).await;
}

/// Waits until there is a queue, without the second that `rabbitmqctl` takes.
async fn made(url: &str, queue: &str) {
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let connection = Connection::connect(url, ConnectionProperties::default())
        .await
        .unwrap();
    let there = async || {
        let channel = connection.create_channel().await.unwrap();
        let looked = channel.queue_declare(queue.into(), passive, FieldTable::default());
        looked.await.is_ok()
    };
    eventually!(PATIENCE, there().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_hears_of_what_another_instance_records() {
    let mut world = World::open(Kind::AmqpPostgres).await;
    // Looking by itself it would come too late.
    world.settings.poll = LONG_PATIENCE;
    world.settings.lease = Some(LONG_PATIENCE * 3);
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let database = world.database("shop").await;
    let relaying = world.start_on(database.clone(), "shop", vec![]).await;
    send_from(&relaying, 0, 1).await;
    eventually!(PATIENCE, counter.effects().await.len() == 2);
    let other = world.start_on(database, "shop", vec![]).await;
    send_from(&other, 1, 19).await;
    eventually!(PATIENCE, counter.effects().await.len() == 40);
    in_order(&counter, &other, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_nothing_and_comes_back() {
    let url = url::Url::parse(&Rabbit::shared().await.unwrap().vhost().await.unwrap()).unwrap();
    let proxy = Proxy::before(SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()))).await;
    let mut through = url.clone();
    through.set_port(Some(proxy.address.port())).unwrap();
    let mut world = World::open(Kind::AmqpSqlite).await;
    world.transport = over(through.into());
    world.settings.publish_deadline = Duration::from_secs(2);
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    send_from(&shop, 0, 20).await;
    eventually!(PATIENCE, counter.effects().await.len() == 40);
    proxy.swallow();
    send_from(&shop, 20, 20).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(counter.effects().await.len(), 40);
    proxy.heal();
    eventually!(LONG_PATIENCE, counter.effects().await.len() >= 80);
    in_order(&counter, &shop, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_what_does_not_fit_its_queue() {
    let mut world = World::open(Kind::AmqpSqlite).await;
    if let Transport::Amqp(config) = &mut world.transport {
        config.queue_limit = 5;
        config.prefetch = 1;
    }
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    let shop = world.start("shop", vec![]).await;
    counter.lifecycle.readiness.hold("fence");
    tokio::time::sleep(Duration::from_secs(2)).await;
    send_from(&shop, 0, 20).await;
    eventually!(
        PATIENCE,
        shop.count("SELECT count(*) AS n FROM outbox WHERE last_error = 'refused'")
            .await
            > 0
    );
    assert!(shop.undelivered().await >= 20);
    counter.lifecycle.readiness.release("fence");
    eventually!(
        LONG_PATIENCE,
        counter.effects().await.len() >= 40 && shop.undelivered().await == 0
    );
    in_order(&counter, &shop, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brings_what_is_not_ours() {
    let world = World::open(Kind::AmqpSqlite).await;
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    publish(&world, "uttag.all", TOPIC, FieldTable::default()).await;
    eventually!(PATIENCE, letters(&counter).await.len() == 1);
    let letter = letters(&counter).await.remove(0);
    assert_eq!(
        (letter.reason.as_str(), letter.event_type.as_str()),
        ("malformed", TOPIC)
    );
    assert_eq!(letter.error, "no valid id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gives_up_what_killed_its_reader_too_often() {
    let world = World::open(Kind::AmqpSqlite).await;
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    publish(&world, "uttag.dlx", "uttag.counter.events", headers()).await;
    eventually!(PATIENCE, letters(&counter).await.len() == 1);
    let letter = letters(&counter).await.remove(0);
    assert_eq!(
        (letter.reason.as_str(), letter.source.as_str()),
        ("delivery_limit", "shop")
    );
    let by = By::new("staff:anna", "the process has more memory now").unwrap();
    dead_letters::replay(
        &counter.database,
        &Selection::Ids(vec![letter.id]),
        &by,
        Rehearsal::ForReal,
    )
    .await
    .unwrap();
    eventually!(PATIENCE, counter.effects_of("a").await == [7]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_known_by_its_certificate() {
    service_kit::install_crypto();
    let folder = tempfile::tempdir().unwrap();
    service_kit::dev_certs::create(folder.path(), &["broker"]).unwrap();
    let file = |name: &str| folder.path().join(name);
    let tls = TlsFiles {
        certificate: file("broker.pem"),
        key: file("broker.key"),
        authority: file("ca.pem"),
    };
    let broker = Rabbit::start_with(Some(&tls)).await.unwrap();
    let vhost = broker.vhost().await.unwrap();
    let vhost = vhost.rsplit('/').next().unwrap().to_owned();
    let mut world = World::open(Kind::AmqpSqlite).await;

    // Signed by nobody whom the machine knows: nothing is sent.
    world.transport = over(broker.tls_url(&vhost));
    let shop = world.start("shop", vec![]).await;
    shop.send("a", [1]).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(
        shop.count("SELECT count(*) AS n FROM outbox WHERE delivered_at IS NULL AND attempts = 0")
            .await,
        1
    );
    let database = shop.stop().await;

    world.transport = Transport::Amqp(AmqpConfig::new(
        broker.tls_url(&vhost).into(),
        Some(file("ca.pem")),
    ));
    let shop = world.start_on(database, "shop", vec![]).await;
    let counter = world.start("counter", vec![Recorder::plain()]).await;
    eventually!(
        PATIENCE,
        counter.effects_of("a").await == [1] && shop.undelivered().await == 0
    );
}

fn over(url: String) -> Transport {
    Transport::Amqp(AmqpConfig::new(url.into(), None))
}

/// Two keys, in turns.
async fn send_from(shop: &Running, first: u64, count: u64) {
    for number in first..first + count {
        shop.send("a", [number]).await;
        shop.send("b", [number]).await;
    }
}

async fn in_order(counter: &Running, shop: &Running, count: u64) {
    for key in ["a", "b"] {
        assert_eq!(
            counter.effects_of(key).await,
            (0..count).collect::<Vec<_>>(),
            "{key}"
        );
    }
    eventually!(PATIENCE, shop.undelivered().await == 0);
}

async fn letters(running: &Running) -> Vec<DeadLetter> {
    dead_letters::list(&running.database, &Filter::default(), None, 10)
        .await
        .unwrap()
        .items
}

async fn publish(world: &World, exchange: &str, key: &str, headers: FieldTable) {
    let Transport::Amqp(config) = &world.transport else {
        panic!("a broker is needed")
    };
    let connection =
        Connection::connect(config.url.expose_secret(), ConnectionProperties::default())
            .await
            .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let payload = Counted { number: 7 }.encode_to_vec();
    let properties = BasicProperties::default()
        .with_headers(headers)
        .with_delivery_mode(2);
    let options = BasicPublishOptions::default();
    channel
        .basic_publish(exchange.into(), key.into(), options, &payload, properties)
        .await
        .unwrap()
        .await
        .unwrap();
    connection.close(200, "".into()).await.unwrap();
}

/// As another implementation would write them.
fn headers() -> FieldTable {
    let mut headers = FieldTable::default();
    for (name, value) in [
        ("cloudEvents_specversion", "1.0".to_owned()),
        ("cloudEvents_id", Uuid::now_v7().to_string()),
        ("cloudEvents_source", "/uttag/shop".to_owned()),
        ("cloudEvents_type", TOPIC.to_owned()),
        ("cloudEvents_time", "2026-11-21T10:00:00Z".to_owned()),
        ("cloudEvents_partitionkey", "a".to_owned()),
        ("cloudEvents_network", NETWORK.to_owned()),
    ] {
        headers.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    headers
}
