//! `uttag demo`: the whole chain on an invented network, each step verified from outside — by HTTP, gRPC, SMTP and files,
//! never by a look into a database.

mod access;
mod browser;
mod contact;
mod erasure;
mod import;
mod order;
mod people;
mod provider;
mod rights;
mod stage;
mod waiting;

use std::process::ExitCode;
use std::time::Instant;

use chassis::say;
use clap::ValueEnum;
use kernel::SharedClock;
use service_kit::lifecycle::Lifecycle;
use service_kit::telemetry::{self, LogFormat, TelemetryConfig};

use self::stage::Stage;
use crate::cli::Demo;

/// A step that can be broken on purpose, to see that the demo notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sabotage {
    /// The address file has lost its charset on the way.
    Import,
    /// The customer's mail server refuses the confirmation.
    Order,
    /// The provider's credential is revoked.
    Provider,
    /// The contact's mail server refuses the question.
    Contact,
    /// A holder is away and stays away.
    Access,
    /// The service that was stopped does not come back.
    Waiting,
    /// Nobody decides.
    Erasure,
    /// The provider does not acknowledge.
    Notice,
    /// A bit of the certificate is flipped.
    Certificate,
}

/// Plays the story. Exit code 0 only when every step was verified.
pub async fn run(arguments: Demo, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let logs = TelemetryConfig {
        format: LogFormat::Text,
        filter: "warn".to_owned(),
        ..TelemetryConfig::default()
    };
    let _guard = telemetry::init(&logs, "uttag")?;
    let process = Lifecycle::new();
    process.on_terminate();

    let temporary = match &arguments.data {
        Some(_) => None,
        None => Some(tempfile::tempdir()?),
    };
    let root = match (&arguments.data, &temporary) {
        (Some(path), _) => path.clone(),
        (None, Some(folder)) => folder.path().to_path_buf(),
        (None, None) => anyhow::bail!("no folder"),
    };
    let started = Instant::now();
    let mut stage = Stage::set(&arguments, root, clock).await?;
    say!(
        "{:>7} ms  everything is up in {}",
        started.elapsed().as_millis(),
        stage.folder.root().display()
    );

    let told = tokio::select! {
        told = play(&mut stage) => told,
        () = process.shutdown.cancelled() => Err(anyhow::anyhow!("interrupted")),
    };
    match told {
        Ok(()) => say!("\nevery step was verified from outside\n"),
        Err(error) => {
            say!("\nFAILED: {error:#}\n");
            if arguments.exit {
                stage.installation.stop().await?;
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    let kept = keep(&stage, temporary);
    if arguments.exit {
        stage.installation.stop().await?;
        return Ok(ExitCode::SUCCESS);
    }
    guide(&stage, &kept);
    stage.installation.run_until_stopped(&process).await?;
    Ok(ExitCode::SUCCESS)
}

/// The steps in the order in which they happen to the person: access is asked for while there is something to give.
async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    step("1 import", stage, import::play).await?;
    step("2 order", stage, order::play).await?;
    step("3 provider", stage, provider::play).await?;
    step("4 contact", stage, contact::play).await?;
    step("7 access", stage, access::play).await?;
    step("6 waiting", stage, waiting::play).await?;
    step("5 erasure", stage, erasure::play).await
}

async fn step(
    name: &str,
    stage: &mut Stage,
    play: impl AsyncFnOnce(&mut Stage) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let outcome = play(stage)
        .await
        .map_err(|error| error.context(format!("step {name}")))?;
    say!(
        "{:>7} ms  {name:<11} {outcome}",
        started.elapsed().as_millis()
    );
    Ok(())
}

/// The folder outlives the process, so that somebody can look at it.
fn keep(stage: &Stage, temporary: Option<tempfile::TempDir>) -> std::path::PathBuf {
    if let Some(folder) = temporary {
        let _kept = folder.keep();
    }
    stage.results.join("certificate.json")
}

fn guide(stage: &Stage, certificate: &std::path::Path) {
    let addresses = stage.installation.addresses();
    say!("guide        http://{}/sv/", addresses.http);
    say!("staff        http://{}/sv/staff/login", addresses.http);
    for staff in [&stage.admin, &stage.compliance] {
        say!(
            "             {}  {}  authenticator secret {}",
            staff.email,
            staff.password,
            staff.totp_secret
        );
    }
    say!(
        "providers    http://{}  (gRPC: orders)  http://{}  (gRPC: accesses)",
        addresses.provider,
        addresses.market
    );
    say!("API          http://{}/api/v1/openapi.json", addresses.http);
    say!("certificate  {}", certificate.display());
    say!(
        "             uttag certificate verify {} --key {}",
        certificate.display(),
        stage.folder.anchor().display()
    );
    say!("Ctrl-C ends it");
}
