//! A process that dies at each named point, and another that goes on with its databases: every message takes effect once, in
//! order. Needs `--features failpoints`.
#![cfg(feature = "failpoints")]

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kernel::SystemClock;
use messaging::{
    AmqpConfig, Claim, LocalBus, Messaging, Outbox, Outgoing, RelaySettings, RetryPolicy, Transport,
};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::lifecycle::Lifecycle;
use testkit::eventually;
use testkit::rabbit::Rabbit;
use uuid::Uuid;

use crate::world::{
    Counted, Kind, Migrator, NETWORK, PATIENCE, Recorder, TOPIC, World, count, effects,
};

/// Which time the point is passed.
const PASSES: [&str; 2] = ["0", "11"];
const KEYS: [&str; 3] = ["a", "b", "c"];
const NUMBERS: u64 = 12;
const SIGABRT: i32 = 6;

/// A test of its own for each point: they wait more than they work, and so wait together.
macro_rules! each_point {
    ($($name:ident: $kind:ident, $point:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            at_point(Kind::$kind, $point).await;
        }
    )*};
}

each_point! {
    before_commit_local_sqlite: LocalSqlite, "outbox.before_commit";
    before_publish_local_sqlite: LocalSqlite, "relay.before_publish";
    after_publish_local_sqlite: LocalSqlite, "relay.after_publish";
    after_confirm_local_sqlite: LocalSqlite, "relay.after_confirm";
    after_commit_local_sqlite: LocalSqlite, "consumer.after_commit";
    before_commit_local_postgres: LocalPostgres, "outbox.before_commit";
    before_publish_local_postgres: LocalPostgres, "relay.before_publish";
    after_publish_local_postgres: LocalPostgres, "relay.after_publish";
    after_confirm_local_postgres: LocalPostgres, "relay.after_confirm";
    after_commit_local_postgres: LocalPostgres, "consumer.after_commit";
    before_commit_amqp_postgres: AmqpPostgres, "outbox.before_commit";
    before_publish_amqp_postgres: AmqpPostgres, "relay.before_publish";
    after_publish_amqp_postgres: AmqpPostgres, "relay.after_publish";
    after_confirm_amqp_postgres: AmqpPostgres, "relay.after_confirm";
    after_commit_amqp_postgres: AmqpPostgres, "consumer.after_commit";
}

async fn at_point(kind: Kind, point: &'static str) {
    for pass in PASSES {
        let world = World::open(kind).await;
        let shop = world.database_url("shop").await;
        let counter = world.database_url("counter").await;
        let broker = match kind {
            Kind::LocalSqlite | Kind::LocalPostgres => "local".to_owned(),
            _ => vhost().await,
        };
        let child = |point: &'static str, pass: &'static str| {
            let (shop, counter, broker) = (shop.clone(), counter.clone(), broker.clone());
            tokio::task::spawn_blocking(move || run_child(&[&shop, &counter, &broker, point, pass]))
        };
        let crashed = child(point, pass).await.unwrap();
        assert_eq!(crashed, Err(SIGABRT), "{point} {pass}");
        let finished = child("none", "0").await.unwrap();
        assert_eq!(finished, Ok(0), "{point} {pass}");
        let counted = Database::connect(&DatabaseConfig::new(counter.clone()))
            .await
            .unwrap();
        for key in KEYS {
            let seen: Vec<u64> = effects(&counted)
                .await
                .into_iter()
                .filter(|(of, _)| of == key)
                .map(|(_, number)| number)
                .collect();
            assert_eq!(
                seen,
                (0..NUMBERS).collect::<Vec<_>>(),
                "{kind:?} {point} {pass} {key}"
            );
        }
    }
}

async fn vhost() -> String {
    let broker = Rabbit::shared().await.unwrap();
    broker.vhost().await.unwrap()
}

/// The exit code, or the signal that ended it.
fn run_child(arguments: &[&str]) -> Result<i32, i32> {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env("UTTAG_CRASH", arguments.join("\n"))
        .status()
        .unwrap();
    status.code().ok_or_else(|| status.signal().unwrap())
}

/// Both services in a process of their own: sends what has not been sent, and ends when everything has taken effect.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the tests above, in a process of its own"]
async fn child() {
    let arguments = std::env::var("UTTAG_CRASH").unwrap();
    let [shop, counter, broker, point, pass]: [&str; 5] = arguments
        .split('\n')
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let (shop, counter) = (open(shop).await, open(counter).await);
    let transport = match broker {
        "local" => Transport::Local(LocalBus::default()),
        url => Transport::Amqp(AmqpConfig::new(url.to_owned().into(), None)),
    };
    let lifecycle = Lifecycle::new();
    let start = |database: &Database, service: &str, handlers| {
        let outbox = Outbox::new(database.clone(), service, Arc::new(SystemClock));
        Messaging::new(
            outbox.clone(),
            service,
            handlers,
            transport.clone(),
            RetryPolicy::default(),
        )
        .with_settings(RelaySettings {
            lease: Some(Duration::from_millis(900)),
            ..RelaySettings::default()
        })
        .start(&lifecycle, std::future::ready(()));
        outbox
    };
    start(&counter, "counter", vec![Recorder::plain()]);
    let outbox = start(&shop, "shop", vec![]);
    // The queue must be there before the first message, or it may be overtaken.
    tokio::time::sleep(Duration::from_millis(if broker == "local" {
        0
    } else {
        1500
    }))
    .await;
    abort_at(point, pass.parse().unwrap());
    send(&outbox).await;
    let all = KEYS.len() * usize::try_from(NUMBERS).unwrap();
    eventually!(PATIENCE, effects(&counter).await.len() >= all);
    eventually!(
        PATIENCE,
        count(
            &shop,
            "SELECT count(*) AS n FROM outbox WHERE delivered_at IS NULL"
        )
        .await
            == 0
    );
    lifecycle.stop();
    lifecycle.drained(Duration::from_secs(15)).await.unwrap();
}

async fn open(url: &str) -> Database {
    let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
    database.migrate::<Migrator>().await.unwrap();
    database
}

async fn send(outbox: &Outbox) {
    for number in 0..NUMBERS {
        for key in KEYS {
            let mut work = outbox.begin().await.unwrap();
            let command = Uuid::from_u128(u128::from(number) << 8 | u128::from(key.as_bytes()[0]));
            if work.claim("send", command).await.unwrap() == Claim::First {
                work.record(Outgoing::new(TOPIC, key, NETWORK, &Counted { number }));
            }
            work.commit().await.unwrap();
        }
    }
}

fn abort_at(point: &str, pass: u32) {
    if point == "none" {
        return;
    }
    let passed = AtomicU32::new(0);
    let abort = move || {
        if passed.fetch_add(1, Ordering::SeqCst) == pass {
            std::process::abort();
        }
    };
    fail::cfg_callback(point, abort).unwrap();
}
