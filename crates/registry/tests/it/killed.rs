//! The process of the service is killed, with nothing in between, while a file comes in and while one is applied: on PostgreSQL.
//! With SQLite the same is done to `uttag serve`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use api::registry::{
    DropImportRequest, ImportAddressFileRequest, ImportHeader, ImportMode, ImportReport,
    import_address_file_request::Part,
};
use kernel::{Clock as _, SystemClock};
use sea_orm::{ConnectionTrait as _, Statement};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::error::reason_of;
use service_kit::grpc::{self, Endpoint};
use service_kit::identity::{ANCHOR_FILE, Authority, Identity};
use service_kit::secret::Key32;
use testkit::store::for_each_store;
use tonic::Status;

use crate::rights::Rights;
use crate::world::{Client, HEADER, NETWORK, header, lived_in};

const MANY: u32 = 8_000;
const PATIENCE: Duration = Duration::from_mins(2);

/// The service as its operator runs it; killed when dropped.
struct Service {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    at: SocketAddr,
    admin: SocketAddr,
    gateway: TokenIssuer,
    database: Database,
    child: Child,
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

fn environment(root: &Path, url: &str, rights: &str, at: [SocketAddr; 3]) -> Vec<(String, String)> {
    let file = |name: &str| root.join(name).display().to_string();
    [
        ("INSECURE", "true".to_owned()),
        ("GRPC__ADDRESS", at[0].to_string()),
        ("ADMIN", at[1].to_string()),
        ("PROVIDER_GRPC__ADDRESS", at[2].to_string()),
        ("DATABASE__URL", url.to_owned()),
        (
            "KEYS__DATABASE__URL",
            format!("sqlite:{}", file("keys.sqlite")),
        ),
        ("KEYS__MASTER_KEY_FILE", file("master.key")),
        ("KEYS__PEPPER_FILE", file("pepper.key")),
        ("IDENTITY__DIRECTORY", file("registry")),
        ("IDENTITY__ANCHOR_FILE", file(ANCHOR_FILE)),
        ("MESSAGING__TRANSPORT", "amqp".to_owned()),
        // Nobody is there: what happens here needs no broker.
        ("MESSAGING__URL", "amqp://127.0.0.1:1".to_owned()),
        ("RIGHTS__URL", rights.to_owned()),
        ("SETTINGS__STAGING_DIRECTORY", root.display().to_string()),
        ("SETTINGS__STAGING_SILENCE_SECONDS", "10".to_owned()),
        ("SETTINGS__SWEEP_SECONDS", "1".to_owned()),
    ]
    .map(|(key, value)| (format!("UTTAG__{key}"), value))
    .into()
}

impl Service {
    async fn start(url: &str) -> Self {
        service_kit::install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let authority = Authority::create(root).unwrap();
        let identity = |service: &str| {
            let folder = root.join(service);
            Identity::load_or_enrol(folder, service, &authority, SystemClock.now()).unwrap()
        };
        identity("registry");
        for key in ["master.key", "pepper.key"] {
            Key32::load_or_create(root.join(key)).unwrap();
        }
        let rights = Rights::default().serve().await;
        let [at, admin, market] = [free(), free(), free()];
        let environment = environment(root, url, &rights, [at, admin, market]);
        let gateway = TokenIssuer::new(Arc::new(identity("gateway")), Arc::new(SystemClock));
        let child = launch(&environment, root);
        let service = Self {
            folder,
            environment,
            at,
            admin,
            gateway,
            database: Database::connect(&DatabaseConfig::new(url)).await.unwrap(),
            child,
        };
        service.ready().await;
        service
    }

    async fn ready(&self) {
        let url = format!("http://{}/readyz", self.admin);
        let is_ready = async || {
            let answer = reqwest::get(&url).await;
            answer.is_ok_and(|answer| answer.status().is_success())
        };
        testkit::eventually!(PATIENCE, is_ready().await);
    }

    /// SIGKILL, and a fresh start.
    async fn kill_and_start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = launch(&self.environment, self.folder.path());
        self.ready().await;
    }

    fn importer(&self) -> Client {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: "caller-1".to_owned(),
            roles: vec!["importer".to_owned()],
            network: Some(kernel::NetworkCode::parse(NETWORK).unwrap()),
            provider: None,
            purpose: None,
        };
        let token = self
            .gateway
            .issue(&caller, "registry", Duration::from_mins(10));
        let channel = grpc::channel(&Endpoint::plain(self.at)).unwrap();
        Client::new(grpc::with_token(channel, token))
    }

    async fn count(&self, table_and_condition: &str) -> i64 {
        let reader = self.database.reader();
        let sql = format!("SELECT COUNT(*) AS n FROM {table_and_condition}");
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        let row = reader.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    async fn outcomes(&self, outcome: &str) -> i64 {
        self.count(&format!("address_import WHERE outcome = '{outcome}'"))
            .await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

fn launch(environment: &[(String, String)], root: &Path) -> Child {
    let log = std::fs::File::create(root.join("registry.log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_registry"))
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// A row that is rejected, and then many with somebody each.
async fn send(mut client: Client, mode: ImportMode, hold: bool) -> Result<ImportReport, Status> {
    let wrong = lived_in("wrong", 1, "Elvan Provsson").replace("118 46", "none");
    let rows = (1..=MANY).map(|n| lived_in(&n.to_string(), n, &format!("Tolvan Provsson {n}")));
    let lines: Vec<String> = std::iter::once(HEADER.to_owned())
        .chain([wrong])
        .chain(rows)
        .collect();
    let header = ImportHeader {
        hold,
        ..header(mode)
    };
    let chunk = |lines: &[String]| Part::Chunk(format!("{}\n", lines.join("\n")).into_bytes());
    let parts: Vec<_> = std::iter::once(Part::Header(header))
        .chain(lines.chunks(1_000).map(chunk))
        .map(|part| ImportAddressFileRequest { part: Some(part) })
        .collect();
    let answer = client
        .import_address_file(futures::stream::iter(parts))
        .await?;
    Ok(answer.into_inner().report.unwrap())
}

const COPYING: &str =
    "pg_stat_progress_copy WHERE datname = current_database() AND tuples_processed > 0";
const WRITING: &str = "pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'access' \
    AND l.mode = 'RowExclusiveLock' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

async fn interrupted(service: &Service) -> String {
    testkit::eventually!(PATIENCE, service.outcomes("interrupted").await == 1);
    let listed = service
        .importer()
        .list_imports(api::registry::ListImportsRequest {
            network: NETWORK.to_owned(),
            page: None,
        })
        .await;
    let imports = listed.unwrap().into_inner().imports;
    let mut interrupted = imports.into_iter().filter(|i| i.outcome == "interrupted");
    interrupted.next().unwrap().import_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_killed_while_it_came_in_is_seen_and_dropped() {
    for_each_store(|url| async move {
        if url.starts_with("sqlite") {
            return;
        }
        let mut service = Service::start(&url).await;
        let sending = tokio::spawn(send(service.importer(), ImportMode::Full, false));
        testkit::eventually!(PATIENCE, service.count(COPYING).await == 1);
        assert_eq!(service.outcomes("staging").await, 1);
        service.kill_and_start_again().await;
        sending.await.unwrap().unwrap_err();
        assert_eq!(
            service.count("access").await,
            0,
            "what was there before stays"
        );
        assert_eq!(
            service.count("staged_access").await,
            0,
            "a copy is all or nothing"
        );
        assert_eq!(service.count("rejected_row").await, 1);

        let import_id = interrupted(&service).await;
        let again = send(service.importer(), ImportMode::Full, false)
            .await
            .unwrap();
        assert_eq!(
            (again.outcome.as_str(), again.added),
            ("applied", MANY.into())
        );
        assert_eq!(service.count("rejected_row").await, 2);
        let request = DropImportRequest {
            network: NETWORK.to_owned(),
            import_id,
        };
        service
            .importer()
            .drop_import(request.clone())
            .await
            .unwrap();
        assert_eq!(service.outcomes("dropped").await, 1);
        assert_eq!(
            service.count("rejected_row").await,
            1,
            "of the file that was applied"
        );
        assert_eq!(service.count("access").await, i64::from(MANY));
        let once = service.importer().drop_import(request).await.unwrap_err();
        assert_eq!(reason_of(&once).as_deref(), Some("IMPORT_STATE"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_while_it_was_applied_is_held_and_can_be_applied() {
    for_each_store(|url| async move {
        if url.starts_with("sqlite") {
            return;
        }
        let mut service = Service::start(&url).await;
        let sending = tokio::spawn(send(service.importer(), ImportMode::Full, false));
        testkit::eventually!(PATIENCE, service.count(WRITING).await > 0);
        service.kill_and_start_again().await;
        sending.await.unwrap().unwrap_err();
        testkit::eventually!(PATIENCE, service.count(WRITING).await == 0);
        assert_eq!(
            service.count("access").await,
            0,
            "what was there before stays"
        );
        assert_eq!(service.count("resident").await, 0);
        assert_eq!(service.outcomes("held").await, 1);
        assert_eq!(service.count("staged_access").await, i64::from(MANY));

        let request = api::registry::ListImportsRequest {
            network: NETWORK.to_owned(),
            page: None,
        };
        let listed = service.importer().list_imports(request).await.unwrap();
        let held = listed.into_inner().imports.remove(0);
        let request = api::registry::ApplyImportRequest {
            network: NETWORK.to_owned(),
            import_id: held.import_id,
            confirmed_ending: 0,
        };
        let mut steps = service
            .importer()
            .apply_import(request)
            .await
            .unwrap()
            .into_inner();
        let mut report = None;
        while let Some(step) = steps.message().await.unwrap() {
            report = step.report.or(report);
        }
        let report = report.unwrap();
        assert_eq!(
            (report.outcome.as_str(), report.added),
            ("applied", MANY.into())
        );
        assert_eq!(service.count("resident").await, i64::from(MANY));
        assert_eq!(service.count("staged_access").await, 0);
    })
    .await;
}
