//! One running registry, with a rights service beside it and a bus that is listened to.

mod backup;
mod callers;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::registry::import_address_file_request::Part;
use api::registry::{
    ImportAddressFileRequest, ImportAddressFileResponse, ImportHeader, ImportMode, ImportReport,
};
use async_trait::async_trait;
use chassis::{Listeners, Surroundings};
use chrono::{TimeZone as _, Utc};
use kernel::{Clock as _, FixedClock, NetworkCode, SharedClock};
use messaging::{
    Envelope, Handler, HandlerError, LocalBus, Messaging, Outbox, Outgoing, RetryPolicy, Transport,
    Work,
};
use prost::Message;
use registry::Settings;
use registry::config::{DropFolder, DropMode};
use sea_orm::{ConnectionTrait as _, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use service_kit::caller::TokenIssuer;
use service_kit::config::{
    IdentityConfig, KeysConfig, MessagingConfig, ServiceConfig, TransportKind,
};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::grpc::{Endpoint, Listen};
use service_kit::identity::{ANCHOR_FILE, Authority, Identity, TrustAnchor};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use tempfile::TempDir;
use tonic::Status;

use crate::rights::Rights;

pub use callers::Client;

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const NETWORK: &str = "SNFDMO";
pub const HEADER: &str = "coID;accessId;streetName;streetNumber;streetLittera;postalCode;city;premisesType;\
    mduApartmentNumber;accessState;residentName;activeServices;remark";

pub struct World {
    pub clock: FixedClock,
    pub rights: Rights,
    pub anchor: TrustAnchor,
    pub database: Database,
    /// Where another system puts the network's files.
    pub drop_folder: std::path::PathBuf,
    directory: TempDir,
    url: String,
    pub gateway: TokenIssuer,
    pub endpoint: Endpoint,
    /// Where providers' systems connect.
    pub market: Endpoint,
    pub orders: TokenIssuer,
    seen: Arc<Mutex<Vec<Envelope>>>,
    rights_identity: Arc<Identity>,
    rights_outbox: Outbox,
    lifecycle: Lifecycle,
    config: ServiceConfig<Settings>,
    others: Vec<Lifecycle>,
}

struct Listener(Arc<Mutex<Vec<Envelope>>>);

#[async_trait]
impl Handler for Listener {
    fn topics(&self) -> Vec<String> {
        vec!["registry.#".to_owned()]
    }

    async fn handle(&self, _: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        self.0.lock().unwrap().push(envelope.clone());
        Ok(())
    }
}

struct BusMigrator;

impl MigratorTrait for BusMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        messaging::migrations()
    }
}

impl World {
    pub async fn start(url: String) -> Self {
        Box::pin(Self::with(url, |_| {})).await
    }

    /// With settings of its own.
    pub async fn with(url: String, change: impl FnOnce(&mut Settings)) -> Self {
        service_kit::install_crypto();
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let clock = FixedClock::new(Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap());
        let shared: SharedClock = Arc::new(clock.clone());
        let authority = Authority::create(root).unwrap();
        let identity = |service: &str| {
            Arc::new(
                Identity::load_or_enrol(root.join(service), service, &authority, clock.now())
                    .unwrap(),
            )
        };
        identity("registry");
        let rights_identity = identity("rights");
        let rights = Rights::default();
        let drop_folder = root.join("drop");
        std::fs::create_dir(&drop_folder).unwrap();
        for key in ["master.key", "pepper.key"] {
            Key32::load_or_create(root.join(key)).unwrap();
        }
        let rights_url = rights.serve().await;
        let mut config = config(root, &url, &rights_url);
        change(&mut config.settings);
        let bus = LocalBus::default();
        let (rights_outbox, seen) = listen(root, &bus, shared.clone()).await;
        let running = launch(&config, bus, shared.clone()).await;
        let (gateway, orders) = (identity("gateway"), identity("orders"));
        Self {
            clock,
            rights,
            anchor: authority.anchor(),
            database: Database::connect(&DatabaseConfig::new(url.as_str()))
                .await
                .unwrap(),
            gateway: TokenIssuer::new(gateway, shared.clone()),
            orders: TokenIssuer::new(orders, shared),
            endpoint: running.endpoint,
            market: running.market,
            seen,
            rights_identity,
            rights_outbox,
            lifecycle: running.lifecycle,
            config,
            others: Vec::new(),
            drop_folder,
            directory,
            url,
        }
    }

    /// The process ends, and another one takes its place on the same data; its events are not listened to.
    pub async fn restart(&mut self) {
        self.end().await;
        self.take_over().await;
    }

    async fn end(&self) {
        self.lifecycle.stop();
        self.lifecycle.drained(PATIENCE).await.unwrap();
    }

    async fn take_over(&mut self) {
        let running = self.launch_beside().await;
        self.endpoint = running.endpoint;
        self.market = running.market;
        self.lifecycle = running.lifecycle;
    }

    /// Starts another instance of the service on the same database, which must be PostgreSQL.
    pub async fn start_another(&mut self) {
        let other = self.launch_beside().await;
        self.others.push(other.lifecycle);
    }

    async fn launch_beside(&self) -> Running {
        let clock = Arc::new(self.clock.clone());
        launch(&self.config, LocalBus::default(), clock).await
    }

    /// Imports bytes in small chunks as an importer of the network.
    pub async fn import(&self, mode: ImportMode, bytes: &[u8]) -> ImportAddressFileResponse {
        self.send(header(mode), bytes).await.unwrap()
    }

    /// Imports rows under [`HEADER`] and gives the report.
    pub async fn rows(&self, mode: ImportMode, rows: &[&str]) -> ImportReport {
        let text = format!("{HEADER}\n{}\n", rows.join("\n"));
        self.import(mode, text.as_bytes()).await.report.unwrap()
    }

    pub async fn send(
        &self,
        header: ImportHeader,
        bytes: &[u8],
    ) -> Result<ImportAddressFileResponse, Status> {
        let parts = std::iter::once(Part::Header(header))
            .chain(bytes.chunks(7_919).map(|c| Part::Chunk(c.to_vec())));
        self.send_parts(parts.collect()).await
    }

    pub async fn send_parts(&self, parts: Vec<Part>) -> Result<ImportAddressFileResponse, Status> {
        let messages = parts
            .into_iter()
            .map(|part| ImportAddressFileRequest { part: Some(part) });
        let stream = futures::stream::iter(messages.collect::<Vec<_>>());
        Ok(self
            .staff(&["importer"])
            .import_address_file(stream)
            .await?
            .into_inner())
    }

    /// Events of one type that have arrived, waiting for so many.
    pub async fn events(&self, event_type: &str, count: usize) -> Vec<Envelope> {
        let of_type = || -> Vec<Envelope> {
            let seen = self.seen.lock().unwrap();
            seen.iter()
                .filter(|envelope| envelope.event_type == event_type)
                .cloned()
                .collect()
        };
        testkit::eventually!(PATIENCE, of_type().len() >= count);
        of_type()
    }

    /// The rights service says something, signed.
    pub async fn rights_say(&self, event_type: &str, key: &str, message: &impl Message) {
        let signed = self.rights_identity.sign_event(event_type, message);
        let mut work = self.rights_outbox.begin().await.unwrap();
        work.record(Outgoing::new(event_type, key, NETWORK, &signed));
        work.commit().await.unwrap();
    }

    /// Rows of a table, looked at in the database itself.
    pub async fn count(&self, table_and_condition: &str) -> i64 {
        let reader = self.database.reader();
        let sql = format!("SELECT COUNT(*) AS n FROM {table_and_condition}");
        let row = reader
            .query_one_raw(Statement::from_string(reader.get_database_backend(), sql))
            .await
            .unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// Whether a column of bytes holds this text in the clear.
    pub async fn holds(&self, table: &str, column: &str, text: &str) -> bool {
        let reader = self.database.reader();
        let sql = format!("SELECT {column} AS bytes FROM {table}");
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        let rows = reader.query_all_raw(statement).await.unwrap();
        assert!(!rows.is_empty(), "{table} is empty");
        rows.iter().any(|row| {
            let bytes: Vec<u8> = row.try_get("", "bytes").unwrap();
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
    }

    /// A moment from now as both databases read it.
    pub fn clock_text(&self, from_now: chrono::Duration) -> String {
        (self.clock.now() + from_now).to_rfc3339()
    }

    /// A statement in the database itself: what a crash would have left.
    pub async fn execute(&self, sql: &str) {
        let tx = self.database.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The condition for a row of this id, which SQLite keeps as bytes.
    pub fn is_id(&self, id: &str) -> String {
        match self.database.backend() {
            sea_orm::DbBackend::Sqlite => {
                format!("hex(id) = '{}'", id.replace('-', "").to_uppercase())
            }
            _ => format!("id = '{id}'"),
        }
    }

    pub async fn stop(self) {
        self.database.close().await.unwrap();
        self.stop_service().await;
    }

    /// Stops the service; the database can still be looked into.
    pub async fn stop_service(self) {
        for lifecycle in self.others.iter().chain([&self.lifecycle]) {
            lifecycle.stop();
            lifecycle.drained(PATIENCE).await.unwrap();
        }
    }
}

/// An instance that serves.
struct Running {
    lifecycle: Lifecycle,
    endpoint: Endpoint,
    market: Endpoint,
}

/// Starts an instance and waits until it is ready.
async fn launch(config: &ServiceConfig<Settings>, bus: LocalBus, clock: SharedClock) -> Running {
    let listeners = Listeners::bind(config, None).await.unwrap();
    let endpoint = Endpoint::plain(listeners.grpc.local_addr().unwrap());
    let market = listeners.provider.as_ref().unwrap().local_addr().unwrap();
    let lifecycle = Lifecycle::new();
    let surroundings = Surroundings {
        bus: Some(bus),
        clock,
        lifecycle: lifecycle.clone(),
    };
    registry::run(config.clone(), listeners, surroundings)
        .await
        .unwrap();
    tokio::time::timeout(PATIENCE, lifecycle.readiness.wait_ready())
        .await
        .expect("the service gets ready");
    Running {
        lifecycle,
        endpoint,
        market: Endpoint::plain(market),
    }
}

/// The registry's configuration in a folder.
fn config(root: &std::path::Path, url: &str, rights_url: &str) -> ServiceConfig<Settings> {
    ServiceConfig {
        grpc: Listen {
            address: "127.0.0.1:0".parse().unwrap(),
            tls: None,
        },
        provider_grpc: Some(Listen {
            address: "127.0.0.1:0".parse().unwrap(),
            tls: None,
        }),
        admin: None,
        database: DatabaseConfig::new(url),
        keys: KeysConfig {
            database: DatabaseConfig::sqlite(root.join("keys.sqlite")),
            master_key_file: root.join("master.key"),
            pepper_file: root.join("pepper.key"),
        },
        identity: IdentityConfig {
            directory: root.join("registry"),
            anchor_file: root.join(ANCHOR_FILE),
        },
        messaging: MessagingConfig {
            transport: TransportKind::Local,
            url: None,
            ca_file: None,
        },
        rights: Endpoint {
            url: rights_url.to_owned(),
            tls: None,
        },
        peers: BTreeMap::new(),
        mail: None,
        telemetry: service_kit::telemetry::TelemetryConfig::default(),
        insecure: false,
        settings: Settings {
            staging_directory: Some(root.to_path_buf()),
            sweep_seconds: 1,
            follow_seconds: 1,
            check_seconds: 1,
            drop_seconds: 1,
            drop_folders: [(
                NetworkCode::parse(NETWORK).unwrap(),
                DropFolder {
                    path: root.join("drop"),
                    mode: DropMode::Delta,
                    expected_hours: 24,
                },
            )]
            .into(),
            ..Settings::default()
        },
    }
}

pub fn header(mode: ImportMode) -> ImportHeader {
    ImportHeader {
        network: NETWORK.to_owned(),
        mode: mode.into(),
        ..ImportHeader::default()
    }
}

/// A plain row: one access at Götgatan with that number.
pub fn access(id: &str, number: u32) -> String {
    format!("{NETWORK};{id};Götgatan;{number};;118 46;Stockholm;RENTAL_APARTMENT;;;;;")
}

/// The same with a resident.
pub fn lived_in(id: &str, number: u32, resident: &str) -> String {
    format!("{NETWORK};{id};Götgatan;{number};;118 46;Stockholm;RENTAL_APARTMENT;;;{resident};;")
}

async fn listen(
    root: &std::path::Path,
    bus: &LocalBus,
    clock: SharedClock,
) -> (Outbox, Arc<Mutex<Vec<Envelope>>>) {
    let database = Database::connect(&DatabaseConfig::sqlite(root.join("rights.sqlite")))
        .await
        .unwrap();
    database.migrate::<BusMigrator>().await.unwrap();
    let outbox = Outbox::new(database, "rights", clock);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let handlers: Vec<Arc<dyn Handler>> = vec![Arc::new(Listener(Arc::clone(&seen)))];
    let transport = Transport::Local(bus.clone());
    Messaging::new(
        outbox.clone(),
        "rights",
        handlers,
        transport,
        RetryPolicy::default(),
    )
    .start(&Lifecycle::new(), std::future::ready(()));
    (outbox, seen)
}
