//! A running gateway with stand-ins for the services.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::DateTime;
use gateway::app::totp;
use gateway::config::{Rates, Settings};
use gateway::directory::Directory;
use gateway::http::router::router;
use gateway::i18n::Lang;
use gateway::networks::{self, Network};
use gateway::services::{Channels, Part, Services};
use gateway::state::Gateway;
use gateway::users::{self, FirstSignIn, NewUser, Role};
use gateway_migration::Migrator;
use kernel::{FixedClock, NetworkCode, SharedClock};
use privacy::{Privacy, Tokens, Vault};
use service_kit::caller::{TokenIssuer, TokenVerifier};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::grpc::{self, Endpoint, Server};
use service_kit::identity::{Authority, Identity};
use service_kit::lifecycle::Readiness;
use service_kit::secret::Key32;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::fakes::Fakes;

pub const PASSWORD: &str = "tre små uttag i rad";
const PEPPER: [u8; 32] = [9; 32];

/// A gateway that listens; ends with the test.
pub struct World {
    pub gateway: Gateway,
    pub fakes: Fakes,
    pub clock: FixedClock,
    pub base: String,
    pub identities: Identities,
    files: tempfile::TempDir,
    _stop: DropGuard,
}

/// Who may sign and whom to believe.
pub struct Identities {
    pub authority: Authority,
    pub gateway: Arc<Identity>,
}

/// Generous, so that only the test of the limits meets them.
pub fn rates() -> Rates {
    Rates {
        search_per_minute: 6_000,
        order_per_minute: 6_000,
        sign_in_per_minute: 6_000,
        on_api_per_minute: 6_000,
        legacy_per_minute: 6_000,
    }
}

impl World {
    /// With a network and no user.
    pub async fn new() -> Self {
        Self::with(rates(), "http://127.0.0.1").await
    }

    pub async fn with(rates: Rates, public_url: &str) -> Self {
        service_kit::install_crypto();
        let files = tempfile::tempdir().unwrap();
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_010, 0).unwrap());
        let shared: SharedClock = Arc::new(clock.clone());
        let config = DatabaseConfig::sqlite(files.path().join("gateway.sqlite"));
        let directory = directory(&config, files.path(), &shared).await;

        let stop = CancellationToken::new();
        let identities = identities(files.path(), &clock);
        let fakes = Fakes::default();
        let channels = serve_fakes(&fakes, &identities, &shared, &stop).await;
        let issuer = Arc::new(TokenIssuer::new(Arc::clone(&identities.gateway), shared));
        let settings = Settings {
            http: "127.0.0.1:0".parse().unwrap(),
            public_url: public_url.to_owned(),
            trusted_proxies: Vec::new(),
            set_up: true,
            rate: rates,
        };
        let readiness = Readiness::default();
        for reason in readiness.reasons() {
            readiness.release(reason);
        }
        let gateway = Gateway::new(
            directory,
            Services::new(channels, issuer),
            settings,
            readiness,
        );
        let base = serve(&gateway, &stop).await;
        Self {
            gateway,
            fakes,
            clock,
            base,
            identities,
            files,
            _stop: stop.drop_guard(),
        }
    }

    /// What staff have done of this kind, by the audit: action and object.
    pub async fn audited(&self, kind: &str) -> Vec<(String, String)> {
        use sea_orm::{ConnectionTrait as _, Statement};
        let config = DatabaseConfig::sqlite(self.files.path().join("gateway.sqlite"));
        let reader = Database::connect(&config).await.unwrap().reader();
        let sql = "SELECT action, object FROM audit WHERE action LIKE $1 || '.%'";
        let backend = reader.get_database_backend();
        let asked = Statement::from_sql_and_values(backend, sql, [kind.into()]);
        let rows = reader.query_all_raw(asked).await.unwrap();
        let word = |row: &sea_orm::QueryResult, at| row.try_get_by_index::<String>(at).unwrap();
        rows.iter()
            .map(|row| (word(row, 0), word(row, 1)))
            .collect()
    }

    /// With the network HAM.
    pub async fn ready() -> Self {
        let world = Self::new().await;
        world.network("HAM").await;
        world
    }

    pub async fn network(&self, code: &str) {
        let network = Network {
            code: NetworkCode::parse(code).unwrap(),
            name: format!("{code} stadsnät"),
            language: Lang::Sv,
            slug: String::new(),
            host: String::new(),
            entered_at: None,
        };
        networks::put(&self.gateway.directory, &network)
            .await
            .unwrap();
    }

    /// Makes a user with the password of the tests; gives the secret of the app.
    pub async fn user(&self, email: &str, roles: &[Role]) -> String {
        let new = NewUser {
            network: NetworkCode::parse("HAM").unwrap(),
            name: "Astrid Provsson".to_owned(),
            email: email.to_owned(),
            roles: roles.to_vec(),
        };
        let first = FirstSignIn::Password(PASSWORD.into());
        users::create(&self.gateway.directory, &new, first, None)
            .await
            .unwrap()
            .totp_secret
            .unwrap()
    }

    /// The code that the app shows now.
    pub fn code(&self, secret: &str) -> String {
        use kernel::Clock as _;
        totp::code_at(secret, self.clock.now()).unwrap()
    }

    /// Time for the next code.
    pub fn next_code(&self) {
        self.clock.advance(chrono::Duration::seconds(30));
    }
}

pub async fn directory(
    config: &DatabaseConfig,
    files: &std::path::Path,
    clock: &SharedClock,
) -> Directory {
    let database = Database::connect(config).await.unwrap();
    database.migrate::<Migrator>().await.unwrap();
    let keys = Database::connect(&DatabaseConfig::sqlite(files.join("keys.sqlite")))
        .await
        .unwrap();
    let vault = Vault::open(
        keys,
        Key32::from_bytes([3; 32]),
        "gateway",
        Arc::clone(clock),
    )
    .await
    .unwrap();
    let pepper = Key32::from_bytes(PEPPER);
    let tokens = Tokens::new(pepper.clone(), "gateway");
    let map = &gateway::personal_data::DATA_MAP;
    let privacy = Privacy::new(map, database.clone(), vault, tokens, Arc::clone(clock));
    Directory::new(database, privacy, &pepper, Arc::clone(clock))
}

fn identities(files: &std::path::Path, clock: &FixedClock) -> Identities {
    use kernel::Clock as _;
    let authority = Authority::create(files.join("authority")).unwrap();
    let gateway =
        Identity::load_or_enrol(files.join("identity"), "gateway", &authority, clock.now())
            .unwrap();
    Identities {
        authority,
        gateway: Arc::new(gateway),
    }
}

async fn serve_fakes(
    fakes: &Fakes,
    identities: &Identities,
    clock: &SharedClock,
    stop: &CancellationToken,
) -> Channels {
    let mut channels = Vec::new();
    for part in [Part::Registry, Part::Orders, Part::Crm, Part::Rights] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let readiness = Readiness::default();
        for reason in readiness.reasons() {
            readiness.release(reason);
        }
        let server = Server {
            listener,
            tls: None,
            routes: fakes.routes(part),
            verifier: TokenVerifier::new(
                identities.authority.anchor(),
                part.name(),
                Arc::clone(clock),
            ),
            readiness,
            open_when_fenced: &[],
            shutdown: stop.clone(),
        };
        fakes.stop_by(part, stop);
        tokio::spawn(grpc::serve(Server {
            shutdown: fakes.stopper(part),
            ..server
        }));
        channels.push(grpc::channel(&Endpoint { url, tls: None }).unwrap());
    }
    let [registry, orders, crm, rights] = channels.try_into().unwrap();
    Channels {
        registry,
        orders,
        crm,
        rights,
    }
}

async fn serve(gateway: &Gateway, stop: &CancellationToken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = router(gateway).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(stopped)
            .await
    });
    base
}
