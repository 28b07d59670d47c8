//! The process around one service: arguments, configuration, telemetry, signals, exit code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use kernel::SystemClock;
use sea_orm_migration::MigratorTrait;
use serde::de::DeserializeOwned;
use service_kit::config::{self, ConfigError, EX_CONFIG, ServiceConfig};
use service_kit::database::DatabaseConfig;
use service_kit::lifecycle::Lifecycle;
use service_kit::telemetry;

use crate::doctor::{self, Findings, Patient};
use crate::{Listeners, Surroundings};

/// Tasks have this long to end after SIGTERM.
const DRAIN: Duration = Duration::from_secs(20);

/// A service of Uttag.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments<C: Subcommand> {
    /// Configuration file (TOML); the environment (UTTAG__SECTION__KEY) wins over it.
    #[arg(long, env = "UTTAG_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command<C>>,
}

#[derive(Debug, Subcommand)]
enum Command<C: Subcommand> {
    /// Serve (the default).
    Serve,
    /// Ask the running service whether it is ready; exit code 0 when it is.
    Health,
    /// Say what is wrong around the service: databases, migrations, keys, certificates, clock, broker, other services.
    /// Changes nothing; exit code 0 when nothing is wrong.
    Doctor,
    /// Print the embedded defaults, which are the documentation of every setting.
    Defaults,
    #[command(flatten)]
    Own(C),
}

/// What a service binary is, but for how it runs.
pub struct Program<S> {
    /// The service's name.
    pub service: &'static str,
    /// Every setting with its default.
    pub defaults: &'static str,
    /// The address of its web pages, if it has any.
    pub http: fn(&S) -> Option<SocketAddr>,
    /// Databases that its own settings name.
    pub stores: fn(&S) -> Vec<(&'static str, DatabaseConfig)>,
}

/// The commands of one service besides those that all have.
pub trait OwnCommand<S>: Subcommand {
    /// Carries it out, with the configuration of the service.
    fn carry_out(self, config: ServiceConfig<S>) -> impl Future<Output = anyhow::Result<()>>;
}

/// A service without commands of its own.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum NoCommand {}

impl<S> OwnCommand<S> for NoCommand {
    async fn carry_out(self, _: ServiceConfig<S>) -> anyhow::Result<()> {
        match self {}
    }
}

impl<S> Program<S> {
    /// A service without web pages and databases besides its own.
    pub fn new(service: &'static str, defaults: &'static str) -> Self {
        Self {
            service,
            defaults,
            http: |_| None,
            stores: |_| Vec::new(),
        }
    }
}

/// Everything that `main` of a service binary does. `M` makes its tables, `C` are its own commands.
///
/// Exit codes: 0 stopped in order, done, nothing wrong; 1 failed, something wrong; 64 wrong configuration.
pub fn main<M, C, S, R, F>(program: Program<S>, run: R) -> ExitCode
where
    M: MigratorTrait,
    C: OwnCommand<S>,
    S: DeserializeOwned + Send + 'static,
    R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let arguments = arguments::<C>(program.service);
    let command = arguments.command.unwrap_or(Command::Serve);
    if matches!(command, Command::Defaults) {
        return print_defaults(program.defaults);
    }
    let service = program.service;
    let config = match config::load(program.defaults, arguments.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return refuse(service, &error),
    };
    service_kit::install_crypto();
    #[cfg(feature = "failpoints")]
    let _scenario = crash_points();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            runtime.block_on(carry_out::<M, C, S, R, F>(&program, command, config, run))
        });
    outcome.unwrap_or_else(|error| fail(service, &error))
}

/// What was said on the command line; the program answers by the name of the service.
fn arguments<C: Subcommand>(service: &'static str) -> Arguments<C> {
    let matches = Arguments::<C>::command().name(service).get_matches();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

async fn carry_out<M, C, S, R, F>(
    program: &Program<S>,
    command: Command<C>,
    config: ServiceConfig<S>,
    run: R,
) -> anyhow::Result<ExitCode>
where
    M: MigratorTrait,
    C: OwnCommand<S>,
    R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    match command {
        Command::Health => health(config.admin).await?,
        Command::Doctor => return Ok(examine::<M, S>(program, &config).await.conclude()),
        Command::Own(own) => {
            config.check()?;
            own.carry_out(config).await?;
        }
        Command::Serve | Command::Defaults => serve(program, config, run).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Looks at everything that the configuration of a service names; changes nothing.
pub async fn examine<M: MigratorTrait, S>(
    program: &Program<S>,
    config: &ServiceConfig<S>,
) -> Findings {
    let patient = Patient {
        service: program.service,
        config,
        stores: (program.stores)(&config.settings),
    };
    doctor::examine::<M, S>(&patient, &SystemClock).await
}

async fn serve<S, R, F>(
    program: &Program<S>,
    config: ServiceConfig<S>,
    run: R,
) -> anyhow::Result<()>
where
    R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let _guard = telemetry::init(&config.telemetry, program.service)?;
    config.check()?;
    let listeners = Listeners::bind(&config, (program.http)(&config.settings)).await?;
    let lifecycle = Lifecycle::new();
    lifecycle.on_terminate();
    let surroundings = Surroundings {
        bus: None,
        clock: Arc::new(SystemClock),
        lifecycle: lifecycle.clone(),
    };
    run(config, listeners, surroundings).await?;
    lifecycle.drained(DRAIN).await
}

async fn health(admin: Option<SocketAddr>) -> anyhow::Result<()> {
    let address = admin.ok_or_else(|| anyhow::anyhow!("no admin address is configured"))?;
    let asked = ask_readiness(address).await?;
    asked.map_err(|reasons| anyhow::anyhow!("not ready: {reasons}"))
}

/// Asks `/readyz`: ready, or why not.
///
/// # Errors
/// Nobody answers there.
pub(crate) async fn ask_readiness(address: SocketAddr) -> std::io::Result<Result<(), String>> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    if answer.starts_with("HTTP/1.1 200") {
        return Ok(Ok(()));
    }
    let reasons = answer.lines().last().unwrap_or_default();
    Ok(Err(reasons.to_owned()))
}

fn print_defaults(defaults: &str) -> ExitCode {
    crate::say!("{}", defaults.trim_end());
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "telemetry is not up yet")]
fn refuse(service: &str, error: &ConfigError) -> ExitCode {
    eprintln!("{service}: {error}");
    ExitCode::from(EX_CONFIG)
}

#[expect(clippy::print_stderr, reason = "telemetry may be down already")]
fn fail(service: &str, error: &anyhow::Error) -> ExitCode {
    eprintln!("{service}: {error:#}");
    if error.downcast_ref::<ConfigError>().is_some() {
        ExitCode::from(EX_CONFIG)
    } else {
        ExitCode::FAILURE
    }
}

/// Arms the crash points that `FAILPOINTS` names. A failed task would drain and flush; a crash must not, so the process is
/// aborted where it stands.
#[cfg(feature = "failpoints")]
fn crash_points() -> fail::FailScenario<'static> {
    std::panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or_default();
        if text.starts_with("failpoint ") {
            std::process::abort();
        }
        tracing::error!(location = ?info.location(), "panic");
    }));
    fail::FailScenario::setup()
}
