//! A town that runs Uttag the distributed way: one process per service, PostgreSQL, RabbitMQ, mTLS between the services.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use kernel::{Clock as _, NetworkCode, SharedClock, SystemClock};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::dev_certs;
use service_kit::grpc::{self, ClientChannel, Endpoint};
use service_kit::identity::{Authority, Identity, TrustAnchor};
use service_kit::secret::Key32;
use testkit::postgres::Postgres;
use testkit::rabbit::Rabbit;
use testkit::smtp::SmtpSink;

use crate::process::Process;

/// The services of a town; the survey joins later.
pub const SERVICES: [&str; 5] = ["rights", "registry", "orders", "crm", "gateway"];
/// The network of the tests.
pub const NETWORK: &str = "TSTNET";
/// A healthy machine needs seconds; a loaded one gets this.
pub const PATIENCE: Duration = Duration::from_secs(60);

const TOKEN: Duration = Duration::from_secs(10 * 60);

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
    authority: Authority,
    vhost: String,
    addresses: BTreeMap<String, Addresses>,
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
        service_kit::install_crypto();
        let folder = tempfile::tempdir()?;
        let (postgres, rabbit, mailbox) =
            tokio::try_join!(Postgres::start(), Rabbit::start(), SmtpSink::start())?;
        let vhost = rabbit.vhost("town").await?;
        let secrets = folder.path().join("authority");
        std::fs::create_dir_all(&secrets)?;
        let authority = Authority::create(&secrets)?;
        let mut names = SERVICES.to_vec();
        names.push(crate::survey::SERVICE);
        dev_certs::create(folder.path().join("tls"), &names)?;
        let mut town = Self {
            rabbit,
            postgres,
            mailbox,
            folder,
            processes: BTreeMap::new(),
            authority,
            vhost,
            addresses: BTreeMap::new(),
        };
        for service in SERVICES {
            town.settle(service).await?;
        }
        for service in SERVICES {
            town.launch(service, &[]).await?;
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
            std::fs::write(self.folder.path().join(format!("{database}.url")), url)?;
        }
        self.addresses.insert(service.to_owned(), free_addresses()?);
        Ok(())
    }

    /// Starts the process of a service, with more environment than usual.
    ///
    /// # Errors
    /// There is no such binary.
    pub async fn launch(&mut self, service: &str, extra: &[(&str, &str)]) -> anyhow::Result<()> {
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
    pub async fn kill_and_restart(&mut self, service: &str) -> anyhow::Result<()> {
        self.kill(service)?;
        self.launch(service, &[]).await
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

    /// A channel to a service for a caller whom the gateway vouches for.
    ///
    /// # Errors
    /// The identity of the gateway cannot be read.
    pub fn as_staff(&self, service: &str, roles: &[&str]) -> anyhow::Result<ClientChannel> {
        self.vouch(
            service,
            self.addresses[service].grpc,
            CallerKind::Staff,
            roles,
            None,
        )
    }

    /// A channel to the orders service's public door for a provider's system.
    ///
    /// # Errors
    /// The identity of the gateway cannot be read.
    pub fn as_provider(&self, provider: &str) -> anyhow::Result<ClientChannel> {
        let address = self.addresses["orders"].provider;
        self.vouch(
            "orders",
            address,
            CallerKind::Provider,
            &["provider"],
            Some(provider),
        )
    }

    fn vouch(
        &self,
        service: &str,
        address: SocketAddr,
        kind: CallerKind,
        roles: &[&str],
        provider: Option<&str>,
    ) -> anyhow::Result<ClientChannel> {
        let clock: SharedClock = Arc::new(SystemClock);
        let gateway = Arc::new(Identity::load(self.secrets("gateway"), "gateway")?);
        let caller = Caller {
            kind,
            id: provider.unwrap_or("tester").to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            network: Some(NetworkCode::parse(NETWORK)?),
            provider: provider.map(kernel::ProviderId::parse).transpose()?,
            purpose: None,
        };
        let token = TokenIssuer::new(gateway, clock).issue(&caller, service, TOKEN);
        let channel = grpc::channel(&self.endpoint("gateway", address))?;
        Ok(grpc::with_token(channel, token))
    }

    fn endpoint(&self, client: &str, address: SocketAddr) -> Endpoint {
        let tls = dev_certs::client_files(self.folder.path().join("tls"), client);
        Endpoint {
            url: format!("https://{address}"),
            tls: Some(tls),
        }
    }

    fn environment(&self, service: &str) -> anyhow::Result<Vec<(String, String)>> {
        let at = self.addresses[service];
        let secrets = self.secrets(service);
        let tls = self.folder.path().join("tls");
        let file = |path: PathBuf| path.display().to_string();
        let mut all = vec![
            ("GRPC__ADDRESS".to_owned(), at.grpc.to_string()),
            ("ADMIN".to_owned(), at.admin.to_string()),
            ("DATABASE__URL".to_owned(), self.database_url(service)?),
            (
                "KEYS__DATABASE__URL".to_owned(),
                self.database_url(&format!("{service}_keys"))?,
            ),
            (
                "KEYS__MASTER_KEY_FILE".to_owned(),
                file(secrets.join("master.key")),
            ),
            (
                "KEYS__PEPPER_FILE".to_owned(),
                file(secrets.join("pepper.key")),
            ),
            ("IDENTITY__DIRECTORY".to_owned(), file(secrets)),
            ("IDENTITY__ANCHOR_FILE".to_owned(), file(self.anchor_file())),
            ("MESSAGING__TRANSPORT".to_owned(), "amqp".to_owned()),
            ("MESSAGING__URL".to_owned(), self.rabbit.url(&self.vhost)),
        ];
        all.extend(server_tls("GRPC", &tls, service));
        all.extend(self.peer("RIGHTS", service, "rights"));
        for peer in SERVICES {
            all.extend(self.peer(&format!("PEERS__{}", peer.to_uppercase()), service, peer));
        }
        match service {
            "rights" => {
                all.push((
                    "SETTINGS__LEDGER__DATABASE__URL".to_owned(),
                    self.database_url("ledger")?,
                ));
            }
            "orders" => {
                all.push(("PROVIDER_GRPC__ADDRESS".to_owned(), at.provider.to_string()));
                all.extend(server_tls("PROVIDER_GRPC", &tls, service));
            }
            "gateway" => all.push(("SETTINGS__HTTP".to_owned(), at.http.to_string())),
            _ => {}
        }
        if matches!(service, "orders" | "crm") {
            all.push(("MAIL__SMTP_URL".to_owned(), self.mailbox.url()));
            all.push((
                "MAIL__FROM".to_owned(),
                "Uttag <no-reply@uttag.example>".to_owned(),
            ));
            all.push((
                "MAIL__PUBLIC_URL".to_owned(),
                format!("http://{}", self.addresses["gateway"].http),
            ));
        }
        Ok(all
            .into_iter()
            .map(|(key, value)| (format!("UTTAG__{key}"), value))
            .collect())
    }

    fn peer(&self, key: &str, client: &str, peer: &str) -> Vec<(String, String)> {
        let endpoint = self.endpoint(client, self.addresses[peer].grpc);
        let Some(tls) = endpoint.tls else {
            return Vec::new();
        };
        let file = |path: Option<PathBuf>| {
            path.map(|path| path.display().to_string())
                .unwrap_or_default()
        };
        vec![
            (format!("{key}__URL"), endpoint.url),
            (format!("{key}__TLS__CA"), tls.ca.display().to_string()),
            (format!("{key}__TLS__CERT"), file(tls.cert)),
            (format!("{key}__TLS__KEY"), file(tls.key)),
        ]
    }

    /// The town's public enrolment key.
    pub fn anchor_file(&self) -> PathBuf {
        self.folder
            .path()
            .join("authority")
            .join(service_kit::identity::ANCHOR_FILE)
    }
}

fn server_tls(key: &str, tls: &Path, service: &str) -> Vec<(String, String)> {
    let files = dev_certs::server_files(tls, service);
    let ca = files
        .client_ca
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    vec![
        (
            format!("{key}__TLS__CERT"),
            files.cert.display().to_string(),
        ),
        (format!("{key}__TLS__KEY"), files.key.display().to_string()),
        (format!("{key}__TLS__CLIENT_CA"), ca),
    ]
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
