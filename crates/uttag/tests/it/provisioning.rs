//! A network's provisioning system replaces its accesses over the market database's import API: gateway, registry and
//! rights in this process, real HTTP and gRPC, and a clock that the test sets.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use api::registry::import_address_file_request::Part;
use api::registry::registry_service_client::RegistryServiceClient;
use api::registry::{
    GetAccessRequest, ImportAddressFileRequest, ImportHeader, ImportMode, ImportReport,
    ListImportsRequest,
};
use chassis::{Listeners, Surroundings};
use chrono::DateTime;
use gateway::import_credentials::{self, ImportCredential};
use gateway::{Directory, networks};
use kernel::{Clock as _, FixedClock, NetworkCode};
use messaging::LocalBus;
use reqwest::Client;
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::config::{ServiceConfig, load_with};
use service_kit::grpc::{self, ClientChannel, Endpoint};
use service_kit::identity::{ANCHOR_FILE, Authority, Identity};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;

const PATIENCE: Duration = Duration::from_mins(1);
const HEADER: &str = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType";

/// The three services that a provisioning system needs.
struct Town {
    clock: FixedClock,
    base: String,
    registry: Endpoint,
    issuer: TokenIssuer,
    directory: Directory,
    running: Vec<Lifecycle>,
    _files: tempfile::TempDir,
}

/// Where a service's things lie, and whom it asks.
struct Site<'a> {
    root: &'a Path,
    bus: LocalBus,
    clock: FixedClock,
    rights: String,
    registry: String,
}

impl Site<'_> {
    fn config<S: DeserializeOwned>(
        &self,
        service: &str,
        defaults: &str,
        own: &[(&str, String)],
    ) -> ServiceConfig<S> {
        let at = |name: &str| -> PathBuf { self.root.join(format!("{service}.{name}")) };
        for key in ["master", "pepper"] {
            Key32::load_or_create(at(key)).unwrap();
        }
        let text = |name: &str| at(name).display().to_string();
        let mut keys = vec![
            ("GRPC__ADDRESS", "127.0.0.1:0".to_owned()),
            ("DATABASE__URL", format!("sqlite:{}", text("db"))),
            ("KEYS__DATABASE__URL", format!("sqlite:{}", text("keys"))),
            ("KEYS__MASTER_KEY_FILE", text("master")),
            ("KEYS__PEPPER_FILE", text("pepper")),
            ("IDENTITY__DIRECTORY", text("identity")),
            (
                "IDENTITY__ANCHOR_FILE",
                self.root.join(ANCHOR_FILE).display().to_string(),
            ),
            ("RIGHTS__URL", self.rights.clone()),
        ];
        keys.extend(own.iter().cloned());
        let keys = keys
            .into_iter()
            .map(|(key, value)| (format!("UTTAG__{key}"), value));
        load_with(defaults, None, keys).unwrap()
    }

    fn around(&self) -> (Surroundings, Lifecycle) {
        let lifecycle = Lifecycle::new();
        let surroundings = Surroundings {
            bus: Some(self.bus.clone()),
            clock: Arc::new(self.clock.clone()),
            lifecycle: lifecycle.clone(),
        };
        (surroundings, lifecycle)
    }
}

impl Town {
    async fn start() -> Self {
        service_kit::install_crypto();
        let files = tempfile::tempdir().unwrap();
        let clock = FixedClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let authority = Authority::create(files.path()).unwrap();
        for service in ["rights", "registry", "gateway"] {
            let folder = files.path().join(format!("{service}.identity"));
            Identity::load_or_enrol(folder, service, &authority, clock.now()).unwrap();
        }
        let mut site = Site {
            root: files.path(),
            bus: LocalBus::default(),
            clock: clock.clone(),
            rights: "http://127.0.0.1:1".to_owned(),
            registry: String::new(),
        };
        let mut running = Vec::new();
        let (around, lifecycle) = site.around();
        running.push(lifecycle);
        let ledger = format!("sqlite:{}", files.path().join("ledger.db").display());
        let own = [
            ("PROVIDER_GRPC__ADDRESS", "127.0.0.1:0".to_owned()),
            ("SETTINGS__SWEEP_SECONDS", "1".to_owned()),
        ];
        // Its own address is not known before it listens, and is needed by itself only as a holder of personal data.
        let config = site.config(
            "rights",
            rights::DEFAULTS,
            &[("SETTINGS__LEDGER__DATABASE__URL", ledger)],
        );
        let listeners = Listeners::bind(&config, None).await.unwrap();
        site.rights = format!("http://{}", listeners.grpc.local_addr().unwrap());
        let config = ServiceConfig {
            rights: Endpoint {
                url: site.rights.clone(),
                tls: None,
            },
            ..config
        };
        rights::run(config, listeners, around).await.unwrap();

        let (around, lifecycle) = site.around();
        running.push(lifecycle);
        let config = site.config("registry", registry::DEFAULTS, &own);
        let listeners = Listeners::bind(&config, None).await.unwrap();
        let registry = listeners.grpc.local_addr().unwrap();
        site.registry = format!("http://{registry}");
        registry::run(config, listeners, around).await.unwrap();

        let (around, lifecycle) = site.around();
        running.push(lifecycle);
        let own = [
            ("SETTINGS__HTTP", "127.0.0.1:0".to_owned()),
            ("PEERS__REGISTRY__URL", site.registry.clone()),
        ];
        let config: gateway::Config = site.config("gateway", gateway::DEFAULTS, &own);
        let shared = Arc::new(clock.clone());
        let directory = Directory::connect(&config.database, &config.keys, shared.clone())
            .await
            .unwrap();
        let listeners = Listeners::bind(&config, Some(config.settings.http))
            .await
            .unwrap();
        let base = format!(
            "http://{}",
            listeners.http.as_ref().unwrap().local_addr().unwrap()
        );
        gateway::run(config, listeners, around).await.unwrap();
        for lifecycle in &running {
            let ready = lifecycle.readiness.wait_ready();
            tokio::time::timeout(PATIENCE, ready)
                .await
                .expect("it gets ready");
        }
        let gateway = Identity::load(files.path().join("gateway.identity"), "gateway").unwrap();
        Self {
            clock,
            base,
            registry: Endpoint::plain(registry),
            issuer: TokenIssuer::new(Arc::new(gateway), shared),
            directory,
            running,
            _files: files,
        }
    }

    async fn network(&self, code: &str) -> ImportCredential {
        networks::put(&self.directory, &gateway::admin::named(code, code).unwrap())
            .await
            .unwrap();
        let code = NetworkCode::parse(code).unwrap();
        import_credentials::create(&self.directory, &code)
            .await
            .unwrap()
    }

    fn staff(&self, network: &str) -> RegistryServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: "staff-1".to_owned(),
            roles: vec!["importer".to_owned(), "customer_service".to_owned()],
            network: Some(NetworkCode::parse(network).unwrap()),
            provider: None,
            purpose: None,
        };
        let token = self
            .issuer
            .issue(&caller, "registry", Duration::from_mins(5));
        RegistryServiceClient::new(grpc::with_token(
            grpc::channel(&self.registry).unwrap(),
            token,
        ))
    }

    async fn import(&self, network: &str, count: u32) {
        let rows =
            (1..=count).map(|n| format!("{network};A-{n};Storgatan;{n};72134;Västerås;OTHER\n"));
        let file = format!("{HEADER}\n{}", rows.collect::<String>());
        let header = ImportHeader {
            network: network.to_owned(),
            mode: ImportMode::Full.into(),
            ..ImportHeader::default()
        };
        let parts = [Part::Header(header), Part::Chunk(file.into_bytes())];
        let parts = parts.map(|part| ImportAddressFileRequest { part: Some(part) });
        let answer = self
            .staff(network)
            .import_address_file(tokio_stream::iter(parts))
            .await;
        assert_eq!(
            answer.unwrap().into_inner().report.unwrap().outcome,
            "applied"
        );
    }

    async fn imports(&self, network: &str) -> Vec<ImportReport> {
        let request = ListImportsRequest {
            network: network.to_owned(),
            page: None,
        };
        self.staff(network)
            .list_imports(request)
            .await
            .unwrap()
            .into_inner()
            .imports
    }

    /// The street number of an access that is there.
    async fn number(&self, network: &str, id: &str) -> Option<String> {
        let request = GetAccessRequest {
            network: network.to_owned(),
            access_id: id.to_owned(),
            purpose: "a test".to_owned(),
        };
        let found = self
            .staff(network)
            .get_access(request)
            .await
            .ok()?
            .into_inner();
        found.access?.address.map(|address| address.street_number)
    }

    async fn call(&self, method: &str, form: &[(String, String)]) -> (u16, String) {
        let url = format!("{}/legacy/mdb2?method={method}", self.base);
        let answer = Client::new().post(url).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn login(&self, credential: &ImportCredential) -> String {
        let key = credential.api_key.expose_secret().to_owned();
        let form = [
            ("api_user", credential.api_user.to_string()),
            ("api_key", key),
        ];
        let (status, body) = self
            .call(
                "api_login",
                &form.map(|(name, value)| (name.to_owned(), value)),
            )
            .await;
        assert_eq!(status, 200, "{body}");
        let (_, rest) = body.split_once("<hash_key>").unwrap();
        rest[..32].to_owned()
    }
}

/// The fields of a post as PHP sends them.
fn post(key: &str, network: &str, id: u32, number: u32, premises: &str) -> Vec<(String, String)> {
    let fields = [
        ("coId", network.to_owned()),
        ("accessId", format!("A-{id}")),
        ("streetName", "Storgatan".to_owned()),
        ("streetNumber", number.to_string()),
        ("postalCode", "72134".to_owned()),
        ("city", "Västerås".to_owned()),
        ("premisesType", premises.to_owned()),
    ];
    let named = fields.map(|(field, value)| (format!("posts[{key}][{field}]"), value));
    named.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_replaces_its_accesses_as_at_the_market_database() {
    let town = Town::start().await;
    let credential = town.network("TSTNET").await;
    town.network("VIKNET").await;
    town.import("TSTNET", 260).await;
    town.import("VIKNET", 3).await;

    let hash = town.login(&credential).await;
    let of = |posts: Vec<(String, String)>| {
        let mut form = vec![("hash".to_owned(), hash.clone())];
        form.extend(posts);
        form
    };
    let (status, body) = town.call("empty_database", &of(Vec::new())).await;
    assert_eq!(status, 200);
    assert!(
        body.contains("Deleted all posts from MDb2 where citynet is 'TSTNET'"),
        "{body}"
    );
    for first in [1, 101, 201] {
        let last = (first + 99).min(250);
        let posts = (first..=last).flat_map(|id| {
            let premises = if id == 7 { "CASTLE" } else { "OTHER" };
            post(&format!("row{id}"), "TSTNET", id, id + 1_000, premises)
        });
        let (status, body) = town.call("insert_posts", &of(posts.collect())).await;
        if first == 1 {
            assert_eq!(status, 400);
            assert!(
                body.contains("<message>1 errors</message><log><row7><premisesType>"),
                "{body}"
            );
        } else {
            let count = last - first + 1;
            assert_eq!(status, 200);
            assert!(
                body.contains(&format!("{count} successes, 0 errors, {count} processed")),
                "{body}"
            );
        }
    }
    let (status, body) = town
        .call("insert_posts", &of(post("theirs", "VIKNET", 1, 9, "OTHER")))
        .await;
    assert_eq!(status, 400);
    assert!(body.contains("<theirs><coId>"), "{body}");

    assert_eq!(
        town.number("TSTNET", "A-1").await.unwrap(),
        "1",
        "nothing has changed yet"
    );
    assert_eq!(town.imports("TSTNET").await.len(), 1);
    town.clock.advance(chrono::Duration::minutes(21));
    testkit::eventually!(PATIENCE, town.imports("TSTNET").await.len() == 2);
    testkit::eventually!(
        PATIENCE,
        town.imports("TSTNET").await[0].outcome == "applied"
    );
    let import = town.imports("TSTNET").await.remove(0);
    assert_eq!(
        (import.changed, import.ended, import.added),
        (249, 10, 0),
        "{import:?}"
    );
    let number = async |id| town.number("TSTNET", id).await;
    assert_eq!(number("A-250").await.as_deref(), Some("1250"));
    assert_eq!(number("A-251").await, None, "what was not posted has ended");
    assert_eq!(
        number("A-7").await.as_deref(),
        Some("7"),
        "a damaged post keeps its access"
    );
    assert_eq!(town.number("VIKNET", "A-1").await.unwrap(), "1");
    assert_eq!(
        town.imports("VIKNET").await.len(),
        1,
        "the other network knows nothing of it"
    );

    let (status, body) = town.call("insert_posts", &of(Vec::new())).await;
    assert_eq!(status, 401, "the hash is older than twenty minutes: {body}");
    for lifecycle in town.running.iter().rev() {
        lifecycle.stop();
        lifecycle.drained(PATIENCE).await.unwrap();
    }
}
