//! A private RabbitMQ node, with an epmd of its own.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex, OnceCell},
};

use crate::{TlsFiles, guard, guard::Guard, ports};

/// The prefix of the variables by which a node is shared: `BASE`, `PORT`, `TLS_PORT`, `EPMD_PORT`, `DIST_PORT`, `TOOL_PORT`, `PASSWORD`.
pub const VARIABLE_PREFIX: &str = "UTTAG_TEST_RABBIT_";

/// The packaged wrapper in /usr/sbin changes directory and user; these do not.
const PROGRAMS: &str = "/usr/lib/rabbitmq/bin";

/// How many vhosts a shared node makes at a time.
const SHARED_VHOSTS_AT_ONCE: usize = 8;

/// The user that may do everything, and owns every vhost.
pub const USER: &str = "uttag";

/// Where a node is and how to speak to it.
#[derive(Debug, Clone)]
struct Address {
    base: PathBuf,
    port: u16,
    tls_port: u16,
    epmd_port: u16,
    dist_port: u16,
    tool_port: u16,
    password: String,
}

/// A RabbitMQ node on free ports of the loopback address.
#[derive(Debug)]
pub struct Rabbit {
    address: Address,
    own: Option<Own>,
    vhosts_at_once: usize,
    /// Vhosts that nobody has got yet.
    spare: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Own {
    guard: Guard,
    node: Option<Child>,
    epmd: Child,
}

static SHARED: OnceCell<Rabbit> = OnceCell::const_new();

impl Rabbit {
    /// Starts a node of this test's own. It takes about ten seconds.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(None).await
    }

    /// Starts a node of this test's own, that also speaks TLS when files are given.
    pub async fn start_with(tls: Option<&TlsFiles>) -> anyhow::Result<Self> {
        let guard = Guard::new("rabbit")?;
        let [port, tls_port, epmd_port, dist_port, tool_port] = ports::free()?;
        let address = Address {
            base: guard.base().to_owned(),
            port,
            tls_port,
            epmd_port,
            dist_port,
            tool_port,
            password: format!("{:032x}", rand::random::<u128>()),
        };
        std::fs::write(
            address.base.join("rabbitmq.conf"),
            configuration(&address, tls),
        )?;
        std::fs::write(address.base.join("enabled_plugins"), "[].\n")?;
        let epmd = start_epmd(&address)?;
        guard.watch("epmd", &epmd)?;
        let mut rabbit = Self {
            address,
            own: Some(Own {
                guard,
                node: None,
                epmd,
            }),
            vhosts_at_once: 1,
            spare: Mutex::default(),
        };
        rabbit.restart().await?;
        Ok(rabbit)
    }

    /// The node that all tests of this run share: the one in the environment, or one for this process.
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED
            .get_or_try_init(|| async {
                let mut node = match Address::from_environment() {
                    Some(address) => Self {
                        address,
                        own: None,
                        vhosts_at_once: 1,
                        spare: Mutex::default(),
                    },
                    None => Self::start().await?,
                };
                node.vhosts_at_once = SHARED_VHOSTS_AT_ONCE;
                Ok(node)
            })
            .await
    }

    /// What another process must have in its environment to share this node.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.address
            .fields()
            .into_iter()
            .map(|(name, value)| (format!("{VARIABLE_PREFIX}{name}"), value))
            .collect()
    }

    /// An empty vhost that nobody else has; answers its `amqp://` URL.
    pub async fn vhost(&self) -> anyhow::Result<String> {
        let mut spare = self.spare.lock().await;
        if spare.is_empty() {
            *spare = self.vhosts().await?;
        }
        let vhost = spare.pop().context("the node has made no vhost")?;
        Ok(self.url(&vhost))
    }

    /// Makes empty vhosts, several for tests that share the node: the tool takes a second of a processor to start, whatever
    /// it does then. A node of one test's own has one only, which it reads again when it is killed and restarted.
    async fn vhosts(&self) -> anyhow::Result<Vec<String>> {
        let vhost = |_| format!("test-{:016x}", rand::random::<u64>());
        let vhosts: Vec<String> = (0..self.vhosts_at_once).map(vhost).collect();
        let make = |vhost: &String| {
            format!(
                "rabbit_vhost:add(<<\"{vhost}\">>, <<\"{USER}\">>), \
                 rabbit_auth_backend_internal:set_permissions(<<\"{USER}\">>, <<\"{vhost}\">>, \
                 <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"{USER}\">>)"
            )
        };
        let all: Vec<String> = vhosts.iter().map(make).collect();
        self.control(&["eval", &format!("{}.", all.join(", "))])
            .await?;
        Ok(vhosts)
    }

    /// The URL of a vhost that exists.
    pub fn url(&self, vhost: &str) -> String {
        let Address { password, port, .. } = &self.address;
        format!("amqp://{USER}:{password}@127.0.0.1:{port}/{vhost}")
    }

    /// The URL of a vhost over TLS, for a node that was started with certificates.
    pub fn tls_url(&self, vhost: &str) -> String {
        let Address {
            password, tls_port, ..
        } = &self.address;
        format!("amqps://{USER}:{password}@localhost:{tls_port}/{vhost}")
    }

    /// Runs `rabbitmqctl` against the node; answers what it printed.
    pub async fn control(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = tokio::process::Command::from(self.address.command("rabbitmqctl"));
        let ran = command
            .args(["--quiet", "--longnames"])
            .args(arguments)
            .output()
            .await?;
        let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
        let complained = String::from_utf8_lossy(&ran.stderr).into_owned();
        ensure!(
            ran.status.success(),
            "rabbitmqctl {arguments:?} failed: {printed} {complained}"
        );
        Ok(printed)
    }

    /// The directory of queues and messages.
    pub fn data_directory(&self) -> PathBuf {
        self.address.base.join("mnesia")
    }

    /// Ends the node as a crash does: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.end("KILL")
    }

    /// Ends the node in order.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.end("TERM")
    }

    /// Freezes the node, as a network that swallows everything: SIGSTOP.
    pub fn freeze(&mut self) -> anyhow::Result<()> {
        guard::signal(
            self.own()?.node.as_ref().context("the node does not run")?,
            "STOP",
        )
    }

    /// Thaws a frozen node: SIGCONT.
    pub fn thaw(&mut self) -> anyhow::Result<()> {
        guard::signal(
            self.own()?.node.as_ref().context("the node does not run")?,
            "CONT",
        )
    }

    /// Starts the node again on the same ports and data, and waits until it speaks AMQP.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        if self.own()?.node.is_some() {
            self.stop()?;
        }
        let node = start_node(&self.address)?;
        let own = self.own()?;
        own.guard.watch("node", &node)?;
        own.node = Some(node);
        self.ready().await
    }

    fn end(&mut self, signal: &str) -> anyhow::Result<()> {
        let mut node = self.own()?.node.take().context("the node does not run")?;
        guard::signal(&node, signal)?;
        node.wait()?;
        Ok(())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        for _ in 0..600 {
            if speaks_amqp(self.address.port).await {
                return Ok(());
            }
            let base = self.address.base.clone();
            let node = self.own()?.node.as_mut().context("the node does not run")?;
            if let Some(ended) = node.try_wait()? {
                bail!("RabbitMQ ended at start with {ended}: {}", log_of(&base));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("RabbitMQ does not answer: {}", log_of(&self.address.base))
    }

    fn own(&mut self) -> anyhow::Result<&mut Own> {
        self.own
            .as_mut()
            .context("a shared node is not this test's to stop")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // Killed here and not only by the watcher, so that no zombie stays behind; an error says that it is gone.
        for process in self.node.iter_mut().chain([&mut self.epmd]) {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

impl Address {
    fn fields(&self) -> [(&'static str, String); 7] {
        [
            ("BASE", self.base.display().to_string()),
            ("PORT", self.port.to_string()),
            ("TLS_PORT", self.tls_port.to_string()),
            ("EPMD_PORT", self.epmd_port.to_string()),
            ("DIST_PORT", self.dist_port.to_string()),
            ("TOOL_PORT", self.tool_port.to_string()),
            ("PASSWORD", self.password.clone()),
        ]
    }

    fn from_environment() -> Option<Self> {
        let text = |name: &str| std::env::var(format!("{VARIABLE_PREFIX}{name}")).ok();
        let port = |name: &str| text(name)?.parse().ok();
        Some(Self {
            base: text("BASE")?.into(),
            port: port("PORT")?,
            tls_port: port("TLS_PORT")?,
            epmd_port: port("EPMD_PORT")?,
            dist_port: port("DIST_PORT")?,
            tool_port: port("TOOL_PORT")?,
            password: text("PASSWORD")?,
        })
    }

    /// A program of RabbitMQ in an environment of the node's own: nothing of the machine's broker is read or touched.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(Path::new(PROGRAMS).join(program));
        let at = |name: &str| self.base.join(name);
        command
            .current_dir(&self.base)
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LANG", "C.UTF-8")
            .env("HOME", &self.base)
            .env("RABBITMQ_NODENAME", "uttag@127.0.0.1")
            .env("RABBITMQ_USE_LONGNAME", "true")
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.dist_port.to_string())
            .env("RABBITMQ_CTL_DIST_PORT_MIN", self.tool_port.to_string())
            .env(
                "RABBITMQ_CTL_DIST_PORT_MAX",
                (self.tool_port.saturating_add(20)).to_string(),
            )
            .env("RABBITMQ_MNESIA_BASE", at("mnesia"))
            .env("RABBITMQ_LOG_BASE", at("log"))
            .env("RABBITMQ_CONF_ENV_FILE", at("absent.conf"))
            .env("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins"))
            .env("RABBITMQ_GENERATED_CONFIG_DIR", at("generated"))
            .env("ERL_EPMD_PORT", self.epmd_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1");
        command
    }
}

fn configuration(address: &Address, tls: Option<&TlsFiles>) -> String {
    let plain = format!(
        "listeners.tcp.1 = 127.0.0.1:{}\ndefault_user = {USER}\ndefault_pass = {}\n\
         default_user_tags.administrator = true\nloopback_users = none\n\
         disk_free_limit.absolute = 50MB\nlog.file.level = warning\n",
        address.port, address.password
    );
    let encrypted = tls.map_or_else(String::new, |tls| {
        format!(
            "listeners.ssl.1 = 127.0.0.1:{}\nssl_options.certfile = {}\nssl_options.keyfile = {}\n\
             ssl_options.cacertfile = {}\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = false\n",
            address.tls_port,
            tls.certificate.display(),
            tls.key.display(),
            tls.authority.display()
        )
    });
    plain + &encrypted
}

/// Started by us and in the foreground: otherwise the node starts one that outlives it, on all addresses.
fn start_epmd(address: &Address) -> anyhow::Result<Child> {
    Command::new("epmd")
        .args([
            "-port",
            &address.epmd_port.to_string(),
            "-address",
            "127.0.0.1",
        ])
        .current_dir(&address.base)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start epmd: RabbitMQ is not installed (package rabbitmq-server)")
}

fn start_node(address: &Address) -> anyhow::Result<Child> {
    let output = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(address.base.join("output"))?;
    address
        .command("rabbitmq-server")
        // Makes the script become the virtual machine, so that the process that we know is the node.
        .env("RUNNING_UNDER_SYSTEMD", "true")
        .env(
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1}",
        )
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .context("cannot start RabbitMQ (package rabbitmq-server)")
}

async fn speaks_amqp(port: u16) -> bool {
    let talk = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        stream.read_u8().await
    };
    // The first frame of a broker that is up is a method frame: type 1.
    matches!(
        tokio::time::timeout(Duration::from_secs(2), talk).await,
        Ok(Ok(1))
    )
}

fn log_of(base: &Path) -> String {
    let output = std::fs::read_to_string(base.join("output")).unwrap_or_default();
    let tail = output.len().saturating_sub(2_000);
    output.get(tail..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn has_vhosts_of_its_own_and_comes_back() {
        let mut rabbit = Rabbit::start().await.unwrap();
        let url = rabbit.vhost().await.unwrap();
        let vhost = url.rsplit('/').next().unwrap().to_owned();
        rabbit.kill().unwrap();
        rabbit.restart().await.unwrap();
        assert!(
            rabbit
                .control(&["list_vhosts"])
                .await
                .unwrap()
                .contains(&vhost)
        );
        assert!(
            rabbit
                .control(&["list_permissions", "-p", &vhost])
                .await
                .unwrap()
                .contains(USER)
        );
        let data = rabbit.data_directory();
        drop(rabbit);
        assert!(!data.exists());
    }
}
