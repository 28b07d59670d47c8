//! Two services that do nothing but messaging: one records events, the other counts what arrives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use kernel::SystemClock;
use messaging::{
    Envelope, Handler, HandlerError, Messaging, Outbox, Outgoing, RetryPolicy, Transport, Work,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::lifecycle::Lifecycle;
use testkit::postgres::Postgres;
use tokio::sync::mpsc;

use crate::table::Series;

const TOPIC: &str = "pump.stroke.made.v1";
/// Aggregates that the events are of; those of one keep their order.
const KEYS: u32 = 500;
/// Requests that record events at the same time.
const PRODUCERS: u32 = 16;
/// Between two messages of an idle installation.
const PAUSE: Duration = Duration::from_millis(20);
/// Nothing arrives for so long: something is lost.
const PATIENCE: Duration = Duration::from_mins(1);

/// The two services.
pub struct Pump {
    source: Outbox,
    arrivals: mpsc::UnboundedReceiver<()>,
    payload: Vec<u8>,
    lifecycle: Lifecycle,
}

impl Pump {
    /// Starts both, and waits until a message has come through.
    pub async fn start(
        postgres: &Postgres,
        transport: &Transport,
        payload: Vec<u8>,
    ) -> anyhow::Result<Self> {
        let lifecycle = Lifecycle::new();
        let (seen, arrivals) = mpsc::unbounded_channel();
        let drain: Arc<dyn Handler> = Arc::new(Drain(seen));
        service(postgres, "drain", vec![drain], transport, &lifecycle).await?;
        let source = service(postgres, "pump", vec![], transport, &lifecycle).await?;
        let mut pump = Self {
            source,
            arrivals,
            payload,
            lifecycle,
        };
        record(&pump.source, &pump.payload, 0, 1).await?;
        pump.arrive(1).await?;
        Ok(pump)
    }

    /// Messages a second from the first record to the last handler, recorded as fast as they can be.
    pub async fn rate(&mut self, messages: u32, per_commit: u32) -> anyhow::Result<f64> {
        let started = Instant::now();
        let commits = messages / per_commit;
        let producers = (0..PRODUCERS).map(|producer| {
            let (source, payload) = (self.source.clone(), self.payload.clone());
            tokio::spawn(async move {
                for commit in (producer..commits).step_by(PRODUCERS as usize) {
                    record(&source, &payload, commit * per_commit, per_commit).await?;
                }
                anyhow::Ok(started.elapsed())
            })
        });
        let producers = futures::future::try_join_all(producers.collect::<Vec<_>>());
        self.arrive(commits * per_commit).await?;
        let taken = started.elapsed();
        let mut recorded = Duration::ZERO;
        for producer in producers.await? {
            recorded = recorded.max(producer?);
        }
        println!("  {messages} recorded after {recorded:.1?}, handled after {taken:.1?}");
        Ok(f64::from(commits * per_commit) / taken.as_secs_f64())
    }

    /// Milliseconds from the commit of one event to its handler, nothing else going on.
    pub async fn latency(&mut self, rounds: u32) -> anyhow::Result<Series> {
        let mut taken = Series::default();
        for round in 0..rounds {
            tokio::time::sleep(PAUSE).await;
            let work = stroke(&self.source, &self.payload, round, 1).await?;
            let started = Instant::now();
            work.commit().await?;
            self.arrive(1).await?;
            taken.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(taken)
    }

    /// Ends both in order.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.lifecycle.stop();
        self.lifecycle.drained(Duration::from_secs(15)).await
    }

    async fn arrive(&mut self, messages: u32) -> anyhow::Result<()> {
        for arrived in 0..messages {
            let next = tokio::time::timeout(PATIENCE, self.arrivals.recv()).await;
            next.with_context(|| format!("{arrived} of {messages} messages have arrived"))?
                .context("the handler is gone")?;
        }
        Ok(())
    }
}

async fn service(
    postgres: &Postgres,
    name: &str,
    handlers: Vec<Arc<dyn Handler>>,
    transport: &Transport,
    lifecycle: &Lifecycle,
) -> anyhow::Result<Outbox> {
    let database = migrated(postgres.database(name).await?).await?;
    let outbox = Outbox::new(database, name, Arc::new(SystemClock));
    Messaging::new(
        outbox.clone(),
        name,
        handlers,
        transport.clone(),
        RetryPolicy::default(),
    )
    .start(lifecycle, std::future::ready(()));
    Ok(outbox)
}

/// The database with the tables of messaging.
pub async fn migrated(url: String) -> anyhow::Result<Database> {
    let database = Database::connect(&DatabaseConfig::new(url)).await?;
    database.migrate::<Migrator>().await?;
    Ok(database)
}

async fn record(source: &Outbox, payload: &[u8], first: u32, count: u32) -> anyhow::Result<()> {
    let work = stroke(source, payload, first, count).await?;
    Ok(work.commit().await?)
}

async fn stroke(source: &Outbox, payload: &[u8], first: u32, count: u32) -> anyhow::Result<Work> {
    let mut work = source.begin().await?;
    let payload = payload.to_vec();
    for number in first..first + count {
        work.record(Outgoing::new(TOPIC, number % KEYS, "TSTNET", &payload));
    }
    Ok(work)
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
