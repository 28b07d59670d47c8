//! A town that runs Uttag the distributed way: one process per service, PostgreSQL, RabbitMQ, TLS to everything and mTLS
//! between the services.
//!
//! The services are the binaries beside the test, with their crash points compiled in. A build of the whole workspace
//! makes them so, because this package asks for the feature:
//!
//! ```text
//! cargo build --workspace --bins && cargo test -p e2e --test it
//! ```
//!
//! (`cargo test --workspace` does both.) A service that was built by itself ignores `FAILPOINTS`; the fault tests then say
//! that it did not crash.

mod settings;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use kernel::{Clock as _, SystemClock};
use service_kit::dev_certs;
use service_kit::identity::{Authority, Identity, TrustAnchor};
use service_kit::secret::Key32;
use testkit::TlsFiles;
use testkit::postgres::{Options, Postgres};
use testkit::rabbit::Rabbit;
use testkit::smtp::SmtpSink;
use tokio::sync::{Mutex, MutexGuard};

use crate::collector::Collector;
use crate::doors::Doors;
use crate::process::Process;

/// The services of a town; the survey joins later.
pub const SERVICES: [&str; 5] = ["rights", "registry", "orders", "crm", "gateway"];
/// The network of the tests.
pub const NETWORK: &str = "TSTNET";
/// A healthy machine needs seconds; a loaded one gets this.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Where the certificates lie within the town's folder.
const TLS: &str = "tls";
/// The certificate of the servers that are not ours.
const SERVERS: &str = "servers";

/// The town's proxy is on this machine.
const BEHIND_A_PROXY: &str = "[settings]\ntrusted_proxies = [\"127.0.0.1\"]\n";

/// One town at a time: two would share the processors and teach nothing more.
static GROUND: Mutex<()> = Mutex::const_new(());

/// A running town.
pub struct Town {
    /// Its broker.
    pub rabbit: Rabbit,
    /// Its database server.
    pub postgres: Postgres,
    /// Where its people receive mail.
    pub mailbox: SmtpSink,
    /// Certificates, identities, keys, logs.
    pub folder: tempfile::TempDir,
    /// Its processes by service.
    pub processes: BTreeMap<String, Process>,
    /// Where its traces go.
    pub collector: Option<Collector>,
    authority: Authority,
    vhost: String,
    addresses: BTreeMap<String, Addresses>,
    _ground: MutexGuard<'static, ()>,
}

/// The town kills its services and its broker, never its database: that need not wait for the disk.
fn never_killed() -> Options {
    Options {
        fsync: false,
        ..Options::default()
    }
}

/// Where one service listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For other services, or browsers.
    pub grpc: SocketAddr,
    /// For providers.
    pub provider: SocketAddr,
    /// For operators.
    pub admin: SocketAddr,
    /// For browsers.
    pub http: SocketAddr,
}

impl Town {
    /// Starts servers and services, and waits until every one is ready.
    ///
    /// # Errors
    /// Something does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::begin(None, never_killed()).await
    }

    /// [`Town::start`] on a PostgreSQL that runs in a given way, over TLS.
    ///
    /// # Errors
    /// Something does not start.
    pub async fn start_on(database: Options) -> anyhow::Result<Self> {
        Self::begin(None, database).await
    }

    /// [`Town::start`], where every service sends its traces to a collector.
    ///
    /// # Errors
    /// Something does not start.
    pub async fn start_traced() -> anyhow::Result<Self> {
        Self::begin(Some(Collector::start().await?), never_killed()).await
    }

    async fn begin(collector: Option<Collector>, database: Options) -> anyhow::Result<Self> {
        service_kit::install_crypto();
        let ground = GROUND.lock().await;
        let folder = tempfile::tempdir()?;
        let mut names = SERVICES.to_vec();
        names.extend([crate::survey::SERVICE, SERVERS]);
        dev_certs::create(folder.path().join(TLS), &names)?;
        let tls = servers_tls(&folder);
        let database = Options {
            tls: Some(tls.clone()),
            ..database
        };
        let (postgres, rabbit, mailbox) = tokio::try_join!(
            Postgres::start_with(database),
            Rabbit::start_with(Some(&tls)),
            SmtpSink::start()
        )?;
        let vhost = rabbit.vhost().await?;
        let vhost = vhost.rsplit('/').next().context("a vhost has a name")?;
        let secrets = folder.path().join("authority");
        std::fs::create_dir_all(&secrets)?;
        let authority = Authority::create(&secrets)?;
        let mut town = Self {
            rabbit,
            postgres,
            mailbox,
            folder,
            processes: BTreeMap::new(),
            collector,
            authority,
            vhost: vhost.to_owned(),
            addresses: BTreeMap::new(),
            _ground: ground,
        };
        for service in SERVICES {
            town.settle(service).await?;
        }
        std::fs::write(town.folder.path().join("gateway.toml"), BEHIND_A_PROXY)?;
        for service in SERVICES {
            town.launch(service, &[])?;
        }
        for service in SERVICES {
            town.ready(service).await?;
        }
        Ok(town)
    }

    /// Gives a service identity, keys, databases and addresses.
    ///
    /// # Errors
    /// A database cannot be made.
    pub async fn settle(&mut self, service: &str) -> anyhow::Result<()> {
        let secrets = self.secrets(service);
        std::fs::create_dir_all(&secrets)?;
        Identity::load_or_enrol(&secrets, service, &self.authority, SystemClock.now())?;
        Key32::load_or_create(secrets.join("master.key"))?;
        Key32::load_or_create(secrets.join("pepper.key"))?;
        let mut databases = vec![service.to_owned(), format!("{service}_keys")];
        if service == "rights" {
            databases.push("ledger".to_owned());
        }
        for database in databases {
            let url = self.postgres.database(&database).await?;
            let ca = self.folder.path().join(TLS).join(dev_certs::CA_FILE);
            let url = format!("{url}?sslmode=verify-full&sslrootcert={}", ca.display());
            std::fs::write(self.folder.path().join(format!("{database}.url")), url)?;
        }
        self.addresses.insert(service.to_owned(), free_addresses()?);
        Ok(())
    }

    /// Starts the process of a service, with more environment than usual.
    ///
    /// # Errors
    /// There is no such binary.
    pub fn launch(&mut self, service: &str, extra: &[(&str, &str)]) -> anyhow::Result<()> {
        let mut environment = self.environment(service)?;
        environment.extend(
            extra
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        let log = self.log(service);
        let process = Process::start(service, &environment, &log)?;
        self.processes.insert(service.to_owned(), process);
        Ok(())
    }

    /// Waits until a service says that it is ready.
    ///
    /// # Errors
    /// It has ended, or is not ready in time.
    pub async fn ready(&mut self, service: &str) -> anyhow::Result<()> {
        let url = format!("http://{}/readyz", self.addresses[service].admin);
        let started = std::time::Instant::now();
        let mut last = String::new();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self
                .processes
                .get_mut(service)
                .context("not launched")?
                .ended()?
            {
                anyhow::bail!("{service} ended with {status}:\n{}", self.tail(service));
            }
            if let Ok(answer) = reqwest::get(&url).await {
                if answer.status().is_success() {
                    return Ok(());
                }
                last = answer.text().await?;
            }
            testkit::pause().await;
        }
        anyhow::bail!(
            "{service} is not ready after {PATIENCE:?}: {last}\n{}",
            self.tail(service)
        )
    }

    /// SIGKILL and a fresh start.
    ///
    /// # Errors
    /// It does not start again.
    pub fn kill_and_restart(&mut self, service: &str) -> anyhow::Result<()> {
        self.kill(service)?;
        self.launch(service, &[])
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// It was not running.
    pub fn kill(&mut self, service: &str) -> anyhow::Result<()> {
        self.processes
            .remove(service)
            .context("not running")?
            .kill()
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// It was not running, or did not end in order.
    pub fn stop(&mut self, service: &str) -> anyhow::Result<()> {
        let process = self.processes.remove(service).context("not running")?;
        let status = process.terminate()?;
        anyhow::ensure!(
            status.success(),
            "{service} ended with {status}:\n{}",
            self.tail(service)
        );
        Ok(())
    }

    /// The last lines that a service has logged.
    pub fn tail(&self, service: &str) -> String {
        let text = std::fs::read_to_string(self.log(service)).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    /// Where a service logs.
    pub fn log(&self, service: &str) -> PathBuf {
        self.folder.path().join(format!("{service}.log"))
    }

    /// Where a service listens.
    pub fn addresses(&self, service: &str) -> Addresses {
        self.addresses[service]
    }

    /// What a service says on `/readyz`: `None` when it is ready or does not answer, else its reasons.
    pub async fn reasons(&self, service: &str) -> Option<String> {
        let url = format!("http://{}/readyz", self.addresses[service].admin);
        let answer = reqwest::get(&url).await.ok()?;
        if answer.status().is_success() {
            return None;
        }
        answer.text().await.ok()
    }

    /// What a service says on `/metrics`.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn metrics(&self, service: &str) -> anyhow::Result<String> {
        let url = format!("http://{}/metrics", self.addresses[service].admin);
        Ok(reqwest::get(&url).await?.error_for_status()?.text().await?)
    }

    /// Waits until a process has ended by itself; answers how.
    ///
    /// # Errors
    /// It runs on.
    pub async fn ends(&mut self, service: &str) -> anyhow::Result<std::process::ExitStatus> {
        let started = std::time::Instant::now();
        let process = self.processes.get_mut(service).context("not launched")?;
        while started.elapsed() < PATIENCE {
            if let Some(status) = process.ended()? {
                self.processes.remove(service);
                return Ok(status);
            }
            testkit::pause().await;
        }
        anyhow::bail!("{service} has not ended after {PATIENCE:?}")
    }

    /// The address of the broker as its own administrator sees it.
    pub fn broker_url(&self) -> String {
        self.rabbit.url(&self.vhost)
    }

    /// Whose signatures the town believes.
    pub fn anchor(&self) -> TrustAnchor {
        self.authority.anchor()
    }

    /// The URL of a database of the town.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn database_url(&self, database: &str) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(
            self.folder.path().join(format!("{database}.url")),
        )?)
    }

    /// Identity, master key and pepper of a service.
    pub fn secrets(&self, service: &str) -> PathBuf {
        self.folder.path().join("secrets").join(service)
    }

    /// The doors of the town, for callers whom its gateway vouches for.
    pub fn doors(&self) -> Doors {
        let services = self.addresses.iter();
        Doors {
            gateway: self.secrets("gateway"),
            tls: Some(self.folder.path().join(TLS)),
            services: services.map(|(name, at)| (name.clone(), at.grpc)).collect(),
            provider: self.addresses["orders"].provider,
        }
    }

    /// The town's public enrolment key.
    pub fn anchor_file(&self) -> PathBuf {
        self.folder
            .path()
            .join("authority")
            .join(service_kit::identity::ANCHOR_FILE)
    }
}

fn servers_tls(folder: &tempfile::TempDir) -> TlsFiles {
    let tls = folder.path().join(TLS);
    let files = dev_certs::server_files(&tls, SERVERS);
    TlsFiles {
        certificate: files.cert,
        key: files.key,
        authority: tls.join(dev_certs::CA_FILE),
    }
}

/// Four free ports, held together so that none is given twice.
fn free_addresses() -> anyhow::Result<Addresses> {
    let sockets = [(); 4].map(|()| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let mut found = Vec::new();
    for socket in &sockets {
        let socket = socket
            .as_ref()
            .map_err(|error| anyhow::anyhow!("no free port: {error}"))?;
        found.push(socket.local_addr()?);
    }
    Ok(Addresses {
        grpc: found[0],
        provider: found[1],
        admin: found[2],
        http: found[3],
    })
}
