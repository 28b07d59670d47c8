//! Services that do nothing but send and count, on a transport and a store of the case's own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::SystemClock;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use messaging::{
    AmqpConfig, Envelope, Handler, HandlerError, LocalBus, Messaging, Outbox, Outgoing,
    RelaySettings, RetryPolicy, Transport, Work,
};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use sea_orm_migration::prelude::*;
use secrecy::ExposeSecret as _;
use service_kit::database::{Database, DatabaseConfig};
use service_kit::lifecycle::Lifecycle;
use tempfile::TempDir;
use testkit::postgres::Postgres;
use testkit::rabbit::Rabbit;

pub const PATIENCE: Duration = Duration::from_secs(30);
/// Until one look at the broker has its answer.
const LOOK: Duration = Duration::from_secs(5);
pub const TOPIC: &str = "shop.thing.counted.v1";
pub const NETWORK: &str = "TESTNET";

#[derive(Clone, PartialEq, prost::Message)]
pub struct Counted {
    #[prost(uint64, tag = "1")]
    pub number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    LocalSqlite,
    LocalPostgres,
    AmqpPostgres,
    AmqpSqlite,
}

/// Where the services of one case live.
pub struct World {
    pub kind: Kind,
    pub transport: Transport,
    pub directory: TempDir,
    pub settings: RelaySettings,
    pub retries: RetryPolicy,
}

impl World {
    pub async fn open(kind: Kind) -> Self {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        // Only the first test of the process installs it.
        drop(
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_test_writer()
                .try_init(),
        );
        let transport = match kind {
            Kind::LocalSqlite | Kind::LocalPostgres => Transport::Local(LocalBus::default()),
            Kind::AmqpPostgres | Kind::AmqpSqlite => Transport::Amqp(AmqpConfig::new(
                Rabbit::shared()
                    .await
                    .unwrap()
                    .vhost()
                    .await
                    .unwrap()
                    .into(),
                None,
            )),
        };
        Self {
            kind,
            transport,
            directory: tempfile::tempdir().unwrap(),
            settings: RelaySettings::default(),
            retries: quick_retries(),
        }
    }

    /// A migrated database of `service`.
    pub async fn database(&self, service: &str) -> Database {
        let database = Database::connect(&DatabaseConfig::new(self.database_url(service).await))
            .await
            .unwrap();
        database.migrate::<Migrator>().await.unwrap();
        database
    }

    pub async fn database_url(&self, service: &str) -> String {
        match self.kind {
            Kind::LocalSqlite | Kind::AmqpSqlite => format!(
                "sqlite:{}",
                self.directory
                    .path()
                    .join(format!("{service}.sqlite"))
                    .display()
            ),
            Kind::LocalPostgres | Kind::AmqpPostgres => Postgres::shared()
                .await
                .unwrap()
                .database(service)
                .await
                .unwrap(),
        }
    }

    /// A service with this handler, on a database of its own.
    pub async fn start(&self, service: &str, handlers: Vec<Arc<dyn Handler>>) -> Running {
        self.start_on(self.database(service).await, service, handlers)
            .await
    }

    /// An instance of a service, on a database that is there already.
    pub async fn start_on(
        &self,
        database: Database,
        service: &str,
        handlers: Vec<Arc<dyn Handler>>,
    ) -> Running {
        self.start_behind(database, service, handlers, std::future::ready(()))
            .await
    }

    pub async fn start_behind(
        &self,
        database: Database,
        service: &str,
        handlers: Vec<Arc<dyn Handler>>,
        gate: impl Future<Output = ()> + Send + 'static,
    ) -> Running {
        let outbox = Outbox::new(database.clone(), service, Arc::new(SystemClock));
        let lifecycle = Lifecycle::new();
        let subscribes = !handlers.is_empty();
        Messaging::new(
            outbox.clone(),
            service,
            handlers,
            self.transport.clone(),
            self.retries,
        )
        .with_settings(self.settings)
        .start(&lifecycle, gate);
        if let Transport::Amqp(config) = &self.transport
            && subscribes
        {
            // What is sent to nobody may be overtaken: a case about order begins when the queue is there.
            until_subscribed(config, service).await;
        }
        Running {
            database,
            outbox,
            lifecycle,
        }
    }
}

async fn until_subscribed(config: &AmqpConfig, service: &str) {
    let queue = format!("uttag.{service}.events");
    // A look whose answer is lost between the channel's end and the next call must not be waited for.
    let look = async || tokio::time::timeout(LOOK, is_there(config, &queue)).await;
    // Where there is no broker, nobody waits for it.
    testkit::eventually!(PATIENCE, matches!(look().await, Ok(Ok(true) | Err(_))));
    // The queue is declared just before it is bound.
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Asked on a connection of its own: the broker ends the channel of who asks for a queue that is not there.
async fn is_there(config: &AmqpConfig, queue: &str) -> Result<bool, lapin::Error> {
    let url = config.url.expose_secret();
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let channel = connection.create_channel().await?;
    let declared = channel
        .queue_declare(queue.into(), passive, FieldTable::default())
        .await;
    Ok(declared.is_ok())
}

fn quick_retries() -> RetryPolicy {
    RetryPolicy {
        first: Duration::from_millis(40),
        longest: Duration::from_millis(200),
        attempts: 6,
    }
}

/// A service that runs until it is stopped or dropped.
pub struct Running {
    pub database: Database,
    pub outbox: Outbox,
    pub lifecycle: Lifecycle,
}

impl Running {
    /// Sends numbers of a key, each in a transaction of its own.
    pub async fn send(&self, key: &str, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            let mut work = self.outbox.begin().await.unwrap();
            work.record(Outgoing::new(TOPIC, key, NETWORK, &Counted { number }));
            work.commit().await.unwrap();
        }
    }

    /// Says a number that nobody has to follow.
    pub async fn announce(&self, key: &str, number: u64) {
        let mut work = self.outbox.begin().await.unwrap();
        work.record(Outgoing::new(TOPIC, key, NETWORK, &Counted { number }).for_anybody());
        work.commit().await.unwrap();
    }

    /// What took effect here, in order.
    pub async fn effects(&self) -> Vec<(String, u64)> {
        effects(&self.database).await
    }

    pub async fn effects_of(&self, key: &str) -> Vec<u64> {
        self.effects()
            .await
            .into_iter()
            .filter(|(of, _)| of == key)
            .map(|(_, number)| number)
            .collect()
    }

    pub async fn count(&self, query: &str) -> i64 {
        count(&self.database, query).await
    }

    pub async fn undelivered(&self) -> i64 {
        self.count("SELECT count(*) AS n FROM outbox WHERE delivered_at IS NULL")
            .await
    }

    pub async fn waiting(&self) -> i64 {
        self.count("SELECT count(*) AS n FROM inbox WHERE state = 'waiting'")
            .await
    }

    pub async fn execute(&self, sql: &str) {
        let tx = self.database.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Ends in order.
    pub async fn stop(self) -> Database {
        self.lifecycle.stop();
        self.lifecycle
            .drained(Duration::from_secs(15))
            .await
            .unwrap();
        self.database.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.lifecycle.stop();
    }
}

pub async fn count(database: &Database, query: &str) -> i64 {
    let reader = database.reader();
    let row = reader
        .query_one_raw(Statement::from_string(reader.get_database_backend(), query))
        .await
        .unwrap()
        .unwrap();
    row.try_get("", "n").unwrap()
}

pub async fn effects(database: &Database) -> Vec<(String, u64)> {
    let reader = database.reader();
    let query = Statement::from_string(
        reader.get_database_backend(),
        "SELECT thing, number FROM effect ORDER BY seq",
    );
    let rows = reader.query_all_raw(query).await.unwrap();
    rows.iter()
        .map(|row| {
            (
                row.try_get("", "thing").unwrap(),
                row.try_get::<i64>("", "number").unwrap().cast_unsigned(),
            )
        })
        .collect()
}

/// What a handler says to a message, after it has written its effect.
pub type Judge = dyn Fn(&str, u64) -> Result<(), HandlerError> + Send + Sync;

/// Writes down every number that it gets.
pub struct Recorder {
    pub topics: Vec<&'static str>,
    pub takes: Duration,
    pub judge: Arc<Judge>,
}

impl Recorder {
    pub fn plain() -> Arc<dyn Handler> {
        Self::judging(|_, _| Ok(()))
    }

    pub fn judging(
        judge: impl Fn(&str, u64) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Arc<dyn Handler> {
        Arc::new(Self {
            topics: vec![TOPIC],
            takes: Duration::ZERO,
            judge: Arc::new(judge),
        })
    }

    pub fn slow(takes: Duration) -> Arc<dyn Handler> {
        Arc::new(Self {
            topics: vec![TOPIC],
            takes,
            judge: Arc::new(|_, _| Ok(())),
        })
    }
}

#[async_trait]
impl Handler for Recorder {
    fn topics(&self) -> Vec<String> {
        self.topics.iter().map(ToString::to_string).collect()
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let counted: Counted = envelope.decode()?;
        assert_eq!(envelope.network, NETWORK);
        // Written first and judged afterwards: what fails must leave nothing.
        write_effect(work, &envelope.partition_key, counted.number).await?;
        tokio::time::sleep(self.takes).await;
        (self.judge)(&envelope.partition_key, counted.number)
    }
}

pub async fn write_effect(work: &Work, thing: &str, number: u64) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(Alias::new("effect"))
        .columns([Alias::new("thing"), Alias::new("number")])
        .values_panic([thing.into(), number.cast_signed().into()])
        .to_owned();
    work.tx().execute(&insert).await.map(drop)
}

pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migrations();
        migrations.push(Box::new(Effects));
        migrations
    }
}

struct Effects;

impl MigrationName for Effects {
    fn name(&self) -> &'static str {
        "m20261121_000002_effects"
    }
}

#[async_trait]
impl MigrationTrait for Effects {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name: &'static str| ColumnDef::new(Alias::new(name)).not_null().to_owned();
        let table = Table::create()
            .table(Alias::new("effect"))
            .col(column("seq").big_integer().auto_increment().primary_key())
            .col(column("thing").text())
            .col(column("number").big_integer())
            .to_owned();
        manager.create_table(table).await
    }
}
