//! Connect, build, serve.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chassis::{Chassis, Listeners, Serve, Surroundings};
use gateway_migration::Migrator;
use privacy::NoHooks;
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use tokio::net::TcpListener;

use crate::app::name_networks::NameNetworks;
use crate::app::{api_login, session};
use crate::config::Config;
use crate::directory::Directory;
use crate::http::router;
use crate::personal_data::DATA_MAP;
use crate::services::{Channels, Services};
use crate::state::Gateway;

/// How often ended sessions and old reports are removed.
const SWEEP: Duration = Duration::from_mins(5);

/// Starts the gateway and returns; the lifecycle tracks it from here.
///
/// # Errors
/// What cannot be connected, and a missing listener for HTTP.
pub async fn run(
    config: Config,
    listeners: Listeners,
    surroundings: Surroundings,
) -> anyhow::Result<()> {
    // The gateway sends no mail and has no table for it.
    let config = Config {
        mail: None,
        ..config
    };
    let lifecycle = surroundings.lifecycle.clone();
    let chassis =
        Chassis::connect::<Migrator, _>("gateway", &config, &DATA_MAP, surroundings).await?;
    let directory = directory(&chassis, &config)?;
    let channels = Channels {
        registry: chassis.channel("registry")?,
        orders: chassis.channel("orders")?,
        crm: chassis.channel("crm")?,
        rights: chassis.channel("rights")?,
    };
    let names = NameNetworks::new(
        chassis.outbox.clone(),
        Arc::clone(&chassis.identity),
        directory.clone(),
    );
    let services = Services::new(channels, Arc::clone(&chassis.issuer));
    let gateway = Gateway::new(
        directory,
        services,
        config.settings,
        lifecycle.readiness.clone(),
    );

    chassis.serve(Serve {
        // Nobody calls the gateway over gRPC.
        internal: None,
        provider: None,
        admin: listeners.admin,
        handlers: Vec::new(),
        hooks: Arc::new(NoHooks),
        open_when_fenced: &[],
    })?;
    if gateway.settings.set_up {
        announce_first_start(&gateway).await?;
    }
    lifecycle.spawn("network names", names.run(lifecycle.clone()));
    lifecycle.spawn("sweep", sweep(gateway.clone(), lifecycle.clone()));
    let http = listeners
        .http
        .context("settings.http is missing: the gateway has no address for browsers")?;
    lifecycle.spawn("http", serve_http(http, gateway, lifecycle.clone()));
    Ok(())
}

/// The gateway's own data of a connected chassis; what the command line works on.
///
/// # Errors
/// The pepper cannot be read.
pub fn directory(chassis: &Chassis, config: &Config) -> anyhow::Result<Directory> {
    let pepper = Key32::load(&config.keys.pepper_file).context("the pepper cannot be read")?;
    Ok(Directory::new(
        chassis.database.clone(),
        chassis.privacy.clone(),
        &pepper,
        chassis.clock.clone(),
    ))
}

/// Serves HTTP until the process is to stop; requests under way are finished.
async fn serve_http(
    listener: TcpListener,
    gateway: Gateway,
    lifecycle: Lifecycle,
) -> std::io::Result<()> {
    let app = router::router(&gateway).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(lifecycle.shutdown.cancelled_owned())
        .await
}

/// The one-time secret goes to the console, never to the log, which may be sent elsewhere.
#[expect(clippy::print_stderr, reason = "a person at the console reads it")]
async fn announce_first_start(gateway: &Gateway) -> anyhow::Result<()> {
    if let Some(secret) = gateway.setup.begin(&gateway.directory).await? {
        let base = gateway.settings.public_url.trim_end_matches('/');
        eprintln!("First start: open {base}/sv/setup on this computer. One-time secret: {secret}");
    }
    Ok(())
}

async fn sweep(gateway: Gateway, lifecycle: Lifecycle) -> std::io::Result<()> {
    loop {
        tokio::select! {
            () = lifecycle.shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(SWEEP) => {}
        }
        if !gateway.readiness.is_ready() {
            continue;
        }
        let sessions = session::sweep(&gateway.directory).await;
        let logins = api_login::sweep(&gateway.directory).await;
        if let Err(error) = sessions.and(logins) {
            tracing::warn!(
                error.chain = service_kit::error::chain(&error),
                "ended sessions stay until the next sweep"
            );
        }
    }
}
