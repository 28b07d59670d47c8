//! The process around one service: arguments, configuration, telemetry, signals, exit code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use kernel::SystemClock;
use serde::de::DeserializeOwned;
use service_kit::config::{self, ConfigError, EX_CONFIG, ServiceConfig};
use service_kit::lifecycle::Lifecycle;
use service_kit::telemetry;

use crate::{Listeners, Surroundings};

/// Tasks have this long to end after SIGTERM.
const DRAIN: Duration = Duration::from_secs(20);

/// A service of Uttag.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file (TOML); the environment (UTTAG__SECTION__KEY) wins over it.
    #[arg(long, env = "UTTAG_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Serve (the default).
    Serve,
    /// Ask the running service whether it is ready; exit code 0 when it is.
    Health,
    /// Print the embedded defaults, which are the documentation of every setting.
    Defaults,
}

/// Everything that `main` of a service binary does.
///
/// Exit codes: 0 stopped in order, 1 failed, 64 wrong configuration.
pub fn main<S, R, F>(
    service: &'static str,
    defaults: &'static str,
    http: fn(&S) -> Option<SocketAddr>,
    run: R,
) -> ExitCode
where
    S: DeserializeOwned + Send + 'static,
    R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let arguments = Arguments::parse();
    let command = arguments.command.unwrap_or(Command::Serve);
    if matches!(command, Command::Defaults) {
        return print_defaults(defaults);
    }
    let config: ServiceConfig<S> = match config::load(defaults, arguments.config.as_deref()) {
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
            runtime.block_on(async {
                match command {
                    Command::Health => health(config.admin).await,
                    _ => serve(service, config, http, run).await,
                }
            })
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(service, &error),
    }
}

async fn serve<S, R, F>(
    service: &'static str,
    config: ServiceConfig<S>,
    http: fn(&S) -> Option<SocketAddr>,
    run: R,
) -> anyhow::Result<()>
where
    R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let _guard = telemetry::init(&config.telemetry, service)?;
    config.check()?;
    let listeners = Listeners::bind(&config, http(&config.settings)).await?;
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let address = admin.ok_or_else(|| anyhow::anyhow!("no admin address is configured"))?;
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    anyhow::ensure!(
        answer.starts_with("HTTP/1.1 200"),
        "not ready: {}",
        answer.lines().last().unwrap_or_default()
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the subcommand is for")]
fn print_defaults(defaults: &str) -> ExitCode {
    print!("{defaults}");
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
