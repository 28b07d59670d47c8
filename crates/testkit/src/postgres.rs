//! A private PostgreSQL.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::{TlsFiles, guard, guard::Guard, ports};

/// The administrator's URL of a server that is started already, for all test binaries of a run.
pub const URL_VARIABLE: &str = "UTTAG_TEST_POSTGRES_URL";

/// How a private server is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether a commit waits for the disk. On unless a test needs speed and proves nothing about crashes.
    pub fsync: bool,
    /// Speak TLS with these files.
    pub tls: Option<TlsFiles>,
    /// Further settings, name and value.
    pub settings: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fsync: true,
            tls: None,
            settings: Vec::new(),
        }
    }
}

/// A PostgreSQL server on a free port of the loopback address, without a Unix socket, with a random password.
#[derive(Debug)]
pub struct Postgres {
    admin: Url,
    own: Option<Own>,
    templates: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Own {
    options: Options,
    port: u16,
    process: Option<Child>,
    guard: Guard,
}

/// What the server says at its start as long as children of one that was killed have not noticed that it is gone.
const STILL_HELD: &str = "pre-existing shared memory block";
/// Starts that are tried meanwhile.
const RESTARTS: u32 = 50;

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

impl Postgres {
    /// Starts a server of this test's own.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// Starts a server of this test's own that runs in a given way.
    pub async fn start_with(options: Options) -> anyhow::Result<Self> {
        let guard = Guard::new("postgres")?;
        let password = format!("{:032x}", rand::random::<u128>());
        initialise(guard.base(), &password)?;
        let [port] = ports::free()?;
        let admin = Url::parse(&format!(
            "postgres://postgres:{password}@127.0.0.1:{port}/postgres"
        ))?;
        let own = Own {
            options,
            port,
            process: None,
            guard,
        };
        let mut server = Self {
            admin,
            own: Some(own),
            templates: Mutex::default(),
        };
        server.restart().await?;
        Ok(server)
    }

    /// Starts a server for tests to share. Nobody can kill it, so it does not wait for the disk.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub async fn start_shared() -> anyhow::Result<Self> {
        let options = Options {
            fsync: false,
            ..Options::default()
        };
        Self::start_with(options).await
    }

    /// The server that all tests of this run share: the one in the environment, or one for this process.
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED
            .get_or_try_init(|| async {
                match std::env::var(URL_VARIABLE) {
                    Ok(url) => Ok(Self {
                        admin: Url::parse(&url)?,
                        own: None,
                        templates: Mutex::default(),
                    }),
                    Err(_) => Self::start_shared().await,
                }
            })
            .await
    }

    /// The administrator's URL.
    pub fn admin_url(&self) -> &str {
        self.admin.as_str()
    }

    /// The URL of a database that exists.
    pub fn url(&self, database: &str) -> String {
        let mut url = self.admin.clone();
        url.set_path(database);
        url.into()
    }

    /// Makes an empty database with a name that begins with this one; answers its URL.
    pub async fn database(&self, name: &str) -> anyhow::Result<String> {
        self.clone_of("template0", name).await
    }

    /// Makes a database as a copy of a template, which is filled once by `fill` from an empty one; answers its URL.
    pub async fn database_like<F>(
        &self,
        template: &str,
        name: &str,
        fill: F,
    ) -> anyhow::Result<String>
    where
        F: AsyncFnOnce(String) -> anyhow::Result<()>,
    {
        let template = format!("template_{template}_{}", std::process::id());
        let mut templates = self.templates.lock().await;
        if !templates.contains(&template) {
            let admin = self.connect().await?;
            admin
                .execute_unprepared(&format!(
                    "CREATE DATABASE \"{template}\" TEMPLATE template0"
                ))
                .await?;
            admin.close().await?;
            fill(self.url(&template)).await?;
            templates.push(template.clone());
        }
        drop(templates);
        self.clone_of(&template, name).await
    }

    async fn clone_of(&self, template: &str, name: &str) -> anyhow::Result<String> {
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        ensure!(
            plain && name.len() <= 40,
            "a database of a test is named by small letters, digits and _"
        );
        let database = format!("{name}_{:016x}", rand::random::<u64>());
        let admin = self.connect().await?;
        let made = admin
            .execute_unprepared(&format!(
                "CREATE DATABASE \"{database}\" TEMPLATE \"{template}\""
            ))
            .await;
        admin.close().await?;
        made.with_context(|| format!("cannot make database {database}"))?;
        Ok(self.url(&database))
    }

    async fn connect(&self) -> anyhow::Result<DatabaseConnection> {
        let mut options = ConnectOptions::new(self.admin.as_str());
        options
            .max_connections(1)
            .connect_timeout(Duration::from_secs(10))
            .sqlx_logging(false);
        Database::connect(options)
            .await
            .context("cannot reach the test's PostgreSQL")
    }

    /// The directory of the data files, when the server is this test's own.
    pub fn data_directory(&self) -> Option<PathBuf> {
        self.own.as_ref().map(|own| own.guard.base().join("data"))
    }

    /// Ends the server as a crash does: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self
            .own()?
            .process
            .take()
            .context("the server does not run")?;
        process.kill()?;
        process.wait()?;
        Ok(())
    }

    /// Ends the server in order (PostgreSQL's "fast" shutdown).
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self
            .own()?
            .process
            .take()
            .context("the server does not run")?;
        guard::signal(&process, "INT")?;
        process.wait()?;
        Ok(())
    }

    /// Starts the server again on the same port and data, and waits until it answers.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        let own = self.own()?;
        if own.process.is_some() {
            self.stop()?;
        }
        for _ in 0..RESTARTS {
            let own = self.own()?;
            let before = log_of(own.guard.base()).len();
            let process = spawn(own)?;
            own.guard.watch("postgres", &process)?;
            own.process = Some(process);
            let ready = self.ready().await;
            let log = log_of(self.own()?.guard.base());
            if ready.is_ok() || !log.get(before..).unwrap_or("").contains(STILL_HELD) {
                return ready;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!("the children of the server that was killed do not end")
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        for _ in 0..600 {
            if let Ok(admin) = self.connect_once().await {
                admin.close().await?;
                return Ok(());
            }
            let own = self.own()?;
            if let Some(ended) = own
                .process
                .as_mut()
                .and_then(|process| process.try_wait().ok().flatten())
            {
                bail!(
                    "PostgreSQL ended at start with {ended}: {}",
                    log_of(own.guard.base())
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("PostgreSQL does not answer")
    }

    async fn connect_once(&self) -> anyhow::Result<DatabaseConnection> {
        let mut options = ConnectOptions::new(self.admin.as_str());
        options
            .max_connections(1)
            .connect_timeout(Duration::from_millis(500))
            .sqlx_logging(false);
        Ok(Database::connect(options).await?)
    }

    fn own(&mut self) -> anyhow::Result<&mut Own> {
        self.own
            .as_mut()
            .context("a shared server is not this test's to stop")
    }
}

fn initialise(base: &Path, password: &str) -> anyhow::Result<()> {
    let file = base.join("password");
    std::fs::write(&file, password)?;
    hand_over(base)?;
    hand_over(&file)?;
    let made = as_postgres("initdb")?
        .args([
            "--auth=scram-sha-256",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ])
        .arg(format!("--pwfile={}", file.display()))
        .arg("--pgdata")
        .arg(base.join("data"))
        .current_dir(base)
        .output()?;
    ensure!(
        made.status.success(),
        "initdb failed: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(())
}

fn spawn(own: &Own) -> anyhow::Result<Child> {
    let base = own.guard.base();
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(base.join("log"))?;
    let mut settings = vec![
        ("listen_addresses".to_owned(), "127.0.0.1".to_owned()),
        ("port".to_owned(), own.port.to_string()),
        ("unix_socket_directories".to_owned(), String::new()),
        ("max_connections".to_owned(), "300".to_owned()),
        (
            "fsync".to_owned(),
            if own.options.fsync { "on" } else { "off" }.to_owned(),
        ),
    ];
    if let Some(tls) = &own.options.tls {
        settings.extend(tls_settings(base, tls)?);
    }
    settings.extend(own.options.settings.iter().cloned());
    let mut command = as_postgres("postgres")?;
    command.arg("-D").arg(base.join("data"));
    for (name, value) in settings {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
        .current_dir(base)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot start PostgreSQL")
}

/// PostgreSQL wants its key owned by itself and closed to others, so the files are copied.
fn tls_settings(base: &Path, tls: &TlsFiles) -> anyhow::Result<Vec<(String, String)>> {
    let mut settings = vec![("ssl".to_owned(), "on".to_owned())];
    let files = [
        ("ssl_cert_file", &tls.certificate),
        ("ssl_key_file", &tls.key),
        ("ssl_ca_file", &tls.authority),
    ];
    for (name, source) in files {
        let copy = base.join(name);
        std::fs::write(&copy, std::fs::read(source)?)?;
        std::fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        hand_over(&copy)?;
        settings.push((name.to_owned(), copy.display().to_string()));
    }
    Ok(settings)
}

/// A program of PostgreSQL; as root it runs as the user `postgres`.
fn as_postgres(program: &str) -> anyhow::Result<Command> {
    let path = binaries()?.join(program);
    if !guard::is_root() {
        return Ok(Command::new(path));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(path);
    Ok(command)
}

fn hand_over(path: &Path) -> anyhow::Result<()> {
    if guard::is_root() {
        let done = Command::new("chown")
            .arg("postgres:postgres")
            .arg(path)
            .status()?;
        ensure!(
            done.success(),
            "cannot give {} to the user postgres",
            path.display()
        );
    }
    Ok(())
}

/// A tool of PostgreSQL for administrators, such as `pg_dump`, of the version that the private servers run.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    Ok(binaries()?.join(name))
}

/// The newest installed version's programs: Debian keeps each version in a directory of its own.
fn binaries() -> anyhow::Result<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed (package postgresql)")?;
    installed
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
        .context("PostgreSQL is not installed (package postgresql)")
}

fn log_of(base: &Path) -> String {
    std::fs::read_to_string(base.join("log")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn survives_a_kill_with_its_data_and_leaves_nothing_behind() {
        let mut server = Postgres::start().await.unwrap();
        let url = server
            .database_like("numbers", "copy", async |url| {
                let filled = Database::connect(url).await?;
                filled
                    .execute_unprepared(
                        "CREATE TABLE number(value integer); INSERT INTO number VALUES (7)",
                    )
                    .await?;
                filled.close().await?;
                Ok(())
            })
            .await
            .unwrap();
        server.kill().unwrap();
        server.restart().await.unwrap();
        let copy = Database::connect(url).await.unwrap();
        let deleted = copy
            .execute_unprepared("DELETE FROM number WHERE value = 7")
            .await
            .unwrap();
        assert_eq!(deleted.rows_affected(), 1);
        let data = server.data_directory().unwrap();
        drop((copy, server));
        assert!(!data.exists());
    }
}
