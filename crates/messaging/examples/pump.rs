//! How fast events flow, outbox → RabbitMQ → inbox, on private servers:
//! `cargo run --release -p messaging --example pump [messages]`.
#![allow(clippy::print_stdout, reason = "a command line tool")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kernel::SystemClock;
use messaging::{
    AmqpConfig, Envelope, Handler, HandlerError, Messaging, Outbox, Outgoing, RetryPolicy,
    Transport, Work,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::lifecycle::Lifecycle;
use testkit::postgres::Postgres;
use testkit::rabbit::Rabbit;
use tokio::sync::mpsc;

const TOPIC: &str = "pump.stroke.made.v1";
const KEYS: u64 = 500;
const PER_COMMIT: u64 = 100;
const IDLE_ROUNDS: usize = 200;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let messages: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(20_000), |count| count.parse())?;
    let (postgres, broker) = tokio::try_join!(Postgres::start(), Rabbit::start())?;
    let transport = Transport::Amqp(AmqpConfig::new(broker.vhost().await?.into(), None));
    let lifecycle = Lifecycle::new();
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    start(
        &postgres,
        "drain",
        vec![Arc::new(Drain(seen))],
        &transport,
        &lifecycle,
    )
    .await?;
    let pump = start(&postgres, "pump", vec![], &transport, &lifecycle).await?;

    send(&pump, 0, 1).await?;
    arrivals.recv().await;
    latency(&pump, &mut arrivals).await?;
    throughput(&pump, &mut arrivals, messages).await?;
    lifecycle.stop();
    lifecycle.drained(Duration::from_secs(15)).await
}

async fn start(
    postgres: &Postgres,
    service: &str,
    handlers: Vec<Arc<dyn Handler>>,
    transport: &Transport,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Outbox> {
    let database =
        Database::connect(&DatabaseConfig::new(postgres.database(service).await?)).await?;
    database.migrate::<Migrator>().await?;
    let outbox = Outbox::new(database, service, Arc::new(SystemClock));
    Messaging::new(
        outbox.clone(),
        service,
        handlers,
        transport.clone(),
        RetryPolicy::default(),
    )
    .start(lifecycle, std::future::ready(()));
    Ok(outbox)
}

/// From before the commit to the handler, one message at a time.
async fn latency(pump: &Outbox, arrivals: &mut mpsc::UnboundedReceiver<()>) -> anyhow::Result<()> {
    let mut taken = Vec::with_capacity(IDLE_ROUNDS);
    for round in 0..IDLE_ROUNDS {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let started = Instant::now();
        send(pump, u64::try_from(round)?, 1).await?;
        arrivals.recv().await;
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    let (half, most) = (taken[IDLE_ROUNDS / 2], taken[IDLE_ROUNDS * 99 / 100]);
    println!("idle, begin of the transaction → handler: p50 {half:.1?}, p99 {most:.1?}");
    Ok(())
}

async fn throughput(
    pump: &Outbox,
    arrivals: &mut mpsc::UnboundedReceiver<()>,
    messages: u64,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let recording = async {
        for first in (0..messages).step_by(usize::try_from(PER_COMMIT)?) {
            send(pump, first, PER_COMMIT.min(messages - first)).await?;
        }
        println!("{messages} recorded after {:.1?}", started.elapsed());
        anyhow::Ok(())
    };
    let arriving = async {
        for _ in 0..messages {
            arrivals.recv().await;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(recording, arriving)?;
    let taken = started.elapsed();
    println!(
        "{messages} handled after {taken:.1?}: {:.0} a second",
        f64::from(u32::try_from(messages)?) / taken.as_secs_f64()
    );
    Ok(())
}

async fn send(pump: &Outbox, first: u64, count: u64) -> anyhow::Result<()> {
    let mut work = pump.begin().await?;
    for number in first..first + count {
        work.record(Outgoing::new(
            TOPIC,
            number % KEYS,
            "TESTNET",
            &prost_types::Duration::default(),
        ));
    }
    Ok(work.commit().await?)
}

/// Counts what comes.
struct Drain(mpsc::UnboundedSender<()>);

#[async_trait]
impl Handler for Drain {
    fn topics(&self) -> Vec<String> {
        vec![TOPIC.to_owned()]
    }

    async fn handle(&self, _: &mut Work, _: &Envelope) -> Result<(), HandlerError> {
        self.0.send(()).map_err(HandlerError::fail)
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        messaging::migrations()
    }
}
