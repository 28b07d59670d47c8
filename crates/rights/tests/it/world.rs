//! A rights service and its holders in one process, as `serve` runs them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::privacy as pp;
use api::rights as pb;
use api::rights::rights_service_client::RightsServiceClient;
use chassis::{Chassis, Listeners, Surroundings};
use kernel::{NetworkCode, SystemClock};
use messaging::LocalBus;
use privacy::DataMap;
use rights::config::{LedgerSettings, Settings};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::config::{
    IdentityConfig, KeysConfig, MessagingConfig, ServiceConfig, TransportKind,
};
use service_kit::database::DatabaseConfig;
use service_kit::grpc::{ClientChannel, Endpoint, Listen, channel, with_token};
use service_kit::identity::{Authority, Identity};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use tempfile::TempDir;
use testkit::store::STORES_VARIABLE;
use tokio::net::TcpListener;

use crate::test_holder::{ALPHA, BETA, TestHolder};

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const NETWORK: &str = "MALAR";
pub const NUMBER: &str = "19900118-9811";
pub const EMAIL: &str = "anna.provsson@example.com";
pub const OTHER_EMAIL: &str = "anna@example.se";

pub type Client = RightsServiceClient<ClientChannel>;

/// Where the databases are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

pub struct World {
    pub directory: TempDir,
    pub bus: LocalBus,
    pub authority: Authority,
    store: Store,
    urls: std::sync::Mutex<BTreeMap<String, String>>,
    address: SocketAddr,
    lifecycle: std::sync::Mutex<Lifecycle>,
    issuer: TokenIssuer,
}

/// Runs one test on both stores, or on the one that is asked for.
pub async fn on_both<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()>,
{
    service_kit::install_crypto();
    test(Store::Sqlite).await;
    if std::env::var(STORES_VARIABLE).is_ok_and(|stores| stores == "sqlite") {
        return;
    }
    test(Store::Postgres).await;
}

impl World {
    /// The rights service alone, expecting alpha and beta.
    pub async fn start(store: Store) -> Self {
        Self::start_with(store, |_| ()).await
    }

    pub async fn start_with(store: Store, change: impl FnOnce(&mut Settings)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let authority = Authority::create(directory.path().join("authority")).unwrap();
        let now = kernel::Clock::now(&SystemClock);
        let gateway = directory.path().join("identity/gateway");
        let gateway = Identity::load_or_enrol(gateway, "gateway", &authority, now).unwrap();
        let issuer = TokenIssuer::new(Arc::new(gateway), Arc::new(SystemClock));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let world = Self {
            directory,
            bus: LocalBus::default(),
            authority,
            store,
            urls: std::sync::Mutex::default(),
            address,
            lifecycle: std::sync::Mutex::default(),
            issuer,
        };
        world.serve_rights(listener, change).await;
        world
    }

    async fn serve_rights(&self, grpc: TcpListener, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings {
            two_person: false,
            expected_holders: ["alpha", "beta", "rights"].map(str::to_owned).to_vec(),
            ledger: LedgerSettings {
                database: self.database("ledger").await,
            },
            silence_seconds: 2,
            sweep_seconds: 1,
        };
        change(&mut settings);
        let config = self.config("rights", settings).await;
        let lifecycle = Lifecycle::new();
        *self.lifecycle.lock().unwrap() = lifecycle.clone();
        let surroundings = self.surroundings(lifecycle.clone());
        rights::run(
            config,
            Listeners {
                grpc,
                provider: None,
                admin: None,
                http: None,
            },
            surroundings,
        )
        .await
        .unwrap();
        tokio::time::timeout(PATIENCE, lifecycle.readiness.wait_ready())
            .await
            .unwrap();
    }

    /// With both expected holders.
    pub async fn with_holders(store: Store) -> (Self, TestHolder, TestHolder) {
        let world = Self::start(store).await;
        let (alpha, beta) = (world.holder(ALPHA).await, world.holder(BETA).await);
        (world, alpha, beta)
    }

    pub async fn holder(&self, map: &'static DataMap) -> TestHolder {
        let config = self.config(map.service, ()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let surroundings = self.surroundings(Lifecycle::new());
        let chassis = Chassis::connect::<crate::test_holder::Migrator, ()>(
            map.service,
            &config,
            map,
            surroundings,
        );
        let holder = TestHolder::serve(chassis.await.unwrap(), listener);
        let ready = holder.chassis.lifecycle.readiness.clone();
        tokio::time::timeout(PATIENCE, ready.wait_ready())
            .await
            .unwrap();
        holder
    }

    fn surroundings(&self, lifecycle: Lifecycle) -> Surroundings {
        Surroundings {
            bus: Some(self.bus.clone()),
            clock: Arc::new(SystemClock),
            lifecycle,
        }
    }

    async fn config<S>(&self, service: &str, settings: S) -> ServiceConfig<S> {
        let own = |name: &str| self.path(&format!("{name}/{service}"));
        let (identity, secrets) = (own("identity"), own("secrets"));
        Identity::load_or_enrol(
            &identity,
            service,
            &self.authority,
            kernel::Clock::now(&SystemClock),
        )
        .unwrap();
        let (master, pepper) = (secrets.join("master.key"), secrets.join("pepper.key"));
        Key32::load_or_create(&master).unwrap();
        Key32::load_or_create(&pepper).unwrap();
        ServiceConfig {
            grpc: Listen {
                address: "127.0.0.1:0".parse().unwrap(),
                tls: None,
            },
            provider_grpc: None,
            admin: None,
            database: self.database(service).await,
            keys: KeysConfig {
                database: self.database(&format!("{service}_keys")).await,
                master_key_file: master,
                pepper_file: pepper,
            },
            identity: IdentityConfig {
                directory: identity,
                anchor_file: self.path("authority").join("anchor.pub"),
            },
            messaging: MessagingConfig {
                transport: TransportKind::Local,
                url: None,
                ca_file: None,
            },
            rights: Endpoint::plain(self.address),
            peers: BTreeMap::new(),
            mail: None,
            telemetry: service_kit::telemetry::TelemetryConfig::default(),
            insecure: false,
            settings,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// One server for all of them, which takes a hundred connections.
    async fn database(&self, name: &str) -> DatabaseConfig {
        DatabaseConfig {
            max_connections: 8,
            ..DatabaseConfig::new(self.url(name).await)
        }
    }

    async fn url(&self, name: &str) -> String {
        if let Some(url) = self.urls.lock().unwrap().get(name) {
            return url.clone();
        }
        let url = match self.store {
            Store::Sqlite => format!(
                "sqlite:{}",
                self.path("db").join(format!("{name}.sqlite")).display()
            ),
            Store::Postgres => {
                let server = testkit::postgres::Postgres::shared().await.unwrap();
                server.database(name).await.unwrap()
            }
        };
        self.urls
            .lock()
            .unwrap()
            .insert(name.to_owned(), url.clone());
        url
    }

    pub fn key(&self) -> [u8; 32] {
        hex::decode(self.authority.anchor().to_text().trim())
            .unwrap()
            .try_into()
            .unwrap()
    }

    pub fn staff(&self, id: &str) -> Client {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: id.to_owned(),
            roles: vec!["compliance".to_owned()],
            network: Some(NetworkCode::parse(NETWORK).unwrap()),
            provider: None,
            purpose: Some("rights_request".to_owned()),
        };
        self.client(&caller)
    }

    pub fn client(&self, caller: &Caller) -> Client {
        let token = self.issuer.issue(caller, "rights", Duration::from_mins(10));
        RightsServiceClient::new(with_token(
            channel(&Endpoint::plain(self.address)).unwrap(),
            token,
        ))
    }

    /// Opens a request of the test person by identity number.
    pub async fn open(&self, kind: pb::RequestKind) -> String {
        let opened = self
            .staff("kim")
            .open_request(asking(kind, &[NUMBER], &[]))
            .await
            .unwrap();
        opened.into_inner().request_id
    }

    pub async fn get(&self, id: &str) -> pb::GetRequestResponse {
        let asked = pb::GetRequestRequest {
            network: NETWORK.into(),
            request_id: id.into(),
        };
        self.staff("kim")
            .get_request(asked)
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn state(&self, id: &str) -> pb::RequestState {
        self.get(id).await.request.unwrap().state()
    }

    pub async fn reaches(&self, id: &str, state: pb::RequestState) -> pb::GetRequestResponse {
        let started = std::time::Instant::now();
        loop {
            let seen = self.get(id).await;
            if seen.request.as_ref().unwrap().state() == state {
                return seen;
            }
            assert!(started.elapsed() < PATIENCE, "not {state:?}: {seen:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn decide(&self, staff: &str, id: &str) -> Result<pb::RequestState, tonic::Status> {
        let decision = pb::DecideRequestRequest {
            network: NETWORK.into(),
            request_id: id.into(),
            decision: "proceed".into(),
            reason: String::new(),
        };
        self.staff(staff)
            .decide_request(decision)
            .await
            .map(|decided| decided.into_inner().state())
    }

    pub async fn certificate(&self, id: &str) -> pb::GetCertificateResponse {
        let asked = pb::GetCertificateRequest {
            network: NETWORK.into(),
            request_id: id.into(),
        };
        self.staff("kim")
            .get_certificate(asked)
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn stop(self) {
        let lifecycle = self.lifecycle();
        lifecycle.stop();
        lifecycle.drained(PATIENCE).await.unwrap();
    }

    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle.lock().unwrap().clone()
    }

    /// The rights service again, where the one before ended.
    pub async fn restart(&self) {
        self.serve_rights(TcpListener::bind(self.address).await.unwrap(), |_| ())
            .await;
    }
}

pub fn asking(kind: pb::RequestKind, numbers: &[&str], emails: &[&str]) -> pb::OpenRequestRequest {
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    pb::OpenRequestRequest {
        network: NETWORK.into(),
        command_id: uuid::Uuid::now_v7().to_string(),
        kind: kind.into(),
        keys: Some(pp::SearchKeys {
            identity_numbers: owned(numbers),
            emails: owned(emails),
            ..Default::default()
        }),
        identity_proof: "in_person".into(),
        note: "Ringde i går".into(),
        language: "sv".into(),
    }
}

/// A look into the register of answers: what the wire does not show.
impl World {
    /// Read-only: a connection that writes, or checkpoints, is what the service takes for a restore.
    pub async fn reader(&self) -> sea_orm::DatabaseConnection {
        let url = self.url("rights").await;
        let url = if self.store == Store::Sqlite {
            format!("{url}?mode=ro")
        } else {
            url
        };
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// Changes the database of a service that has stopped: what a restore of a backup leaves.
    pub async fn change(&self, service: &str, sql: &str) {
        use sea_orm::ConnectionTrait as _;
        let database = sea_orm::Database::connect(self.url(service).await)
            .await
            .unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    pub async fn count(&self, sql: &str) -> i64 {
        use sea_orm::{ConnectionTrait as _, Statement};
        let reader = self.reader().await;
        let row = reader
            .query_one_raw(Statement::from_string(reader.get_database_backend(), sql))
            .await
            .unwrap();
        let count = row.unwrap().try_get("", "n").unwrap();
        reader.close().await.unwrap();
        count
    }

    /// How many answers had one of these effects.
    pub async fn answers_with(&self, effects: &[&str]) -> i64 {
        let effects: Vec<_> = effects.iter().map(|effect| format!("'{effect}'")).collect();
        self.count(&format!(
            "SELECT count(*) AS n FROM answer WHERE effect IN ({})",
            effects.join(",")
        ))
        .await
    }

    /// Messages that the rights service could not take.
    pub async fn dead_letters(&self) -> i64 {
        self.count("SELECT count(*) AS n FROM dead_letter").await
    }

    /// Whether a holder's proofs were voided.
    pub async fn voided(&self, holder: &str) -> bool {
        self.count(&format!(
            "SELECT count(*) AS n FROM part WHERE holder = '{holder}' AND void_since IS NOT NULL"
        ))
        .await
            > 0
    }

    /// Whether the rights service has heard of a holder.
    pub async fn knows(&self, holder: &str) -> bool {
        self.count(&format!(
            "SELECT count(*) AS n FROM holder WHERE name = '{holder}' AND announced"
        ))
        .await
            == 1
    }
}
