//! `uttag serve`: everything in one process.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use kernel::SharedClock;
use service_kit::lifecycle::Lifecycle;
use service_kit::telemetry::{self, LogFormat, TelemetryConfig};

use crate::cli::Serve;
use crate::embedded::{Addresses, Installation, Options};
use crate::folder::Folder;

/// A start that takes longer than this has gone wrong; replaying a ledger after a restore is what takes longest.
const START: Duration = Duration::from_mins(10);

/// Serves until SIGTERM or SIGINT.
pub async fn serve(arguments: Serve, clock: SharedClock) -> anyhow::Result<ExitCode> {
    let telemetry = TelemetryConfig {
        format: LogFormat::Text,
        ..TelemetryConfig::default()
    };
    let _guard = telemetry::init(&telemetry, "uttag")?;
    let process = Lifecycle::new();
    process.on_terminate();

    let folder = Folder::prepare(&arguments.data.path, clock.as_ref())?;
    let options = Options {
        http: arguments.http,
        provider: arguments.provider,
        market: arguments.market,
        admin: Some(arguments.admin),
        smtp: arguments.smtp,
        two_person: arguments.two_person,
        set_up: true,
    };
    let mut installation = Installation::start(folder, options, clock).await?;
    tokio::select! {
        ready = installation.ready(START) => ready?,
        () = process.shutdown.cancelled() => {
            installation.stop().await?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let addresses = installation.addresses();
    say_ready(addresses);
    installation.run_until_stopped(&process).await?;
    Ok(ExitCode::SUCCESS)
}

/// Where to find it, in one piece. Whoever started it may have closed its end of the pipe; that is no reason to stop.
fn say_ready(addresses: &Addresses) {
    let operators = addresses.admin.map_or_else(String::new, |admin| {
        format!("operators  http://{admin}/readyz\n")
    });
    let text = format!(
        "ready      http://{}\nproviders  http://{}  (gRPC: orders)  http://{}  (gRPC: accesses)\n{operators}",
        addresses.http, addresses.provider, addresses.market
    );
    if let Err(error) = std::io::stdout().write_all(text.as_bytes()) {
        tracing::warn!(%error, "nobody reads where the service is");
    }
}
