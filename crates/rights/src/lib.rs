//! A person's request, fanned out to every holder, with proof.

mod app;
pub mod certificate;
pub mod config;
pub mod domain;
mod events;
mod grpc;
mod hooks;
pub mod ledger;
pub mod personal_data;
mod store;

use std::sync::Arc;

use anyhow::Context as _;
use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use rights_migration::Migrator;
use service_kit::config::ConfigError;
use service_kit::secret::Key32;

use app::followups::Followups;
use app::{Parts, Rights};
pub use config::{Config, Settings};

/// Every setting with its default and why.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The service as a program.
#[must_use]
pub fn program() -> Program<Settings> {
    Program {
        stores: |settings| vec![("ledger", settings.ledger.database.clone())],
        ..Program::new("rights", DEFAULTS)
    }
}

/// What the nonces of the commitments are derived under.
const NONCES: &str = "uttag/rights/commitment-nonce";

/// Connects, builds, serves; everything runs on when this returns, until the lifecycle ends.
///
/// # Errors
/// Wrong settings, a database, key or ledger out of reach, a ledger that is not whole.
pub async fn run(
    config: Config,
    listeners: Listeners,
    surroundings: Surroundings,
) -> anyhow::Result<()> {
    if let Some(wrong) = config.settings.violations().into_iter().next() {
        return Err(ConfigError::refused(wrong.field, wrong.rule).into());
    }
    let chassis =
        Chassis::connect::<Migrator, _>("rights", &config, &personal_data::DATA_MAP, surroundings)
            .await?;
    let ledger = ledger::Ledger::connect(&config.settings.ledger.database, chassis.clock.clone())
        .await
        .context("the ledger cannot be used")?;
    let closing = ledger.clone();
    chassis
        .lifecycle
        .at_end("ledger", async move { closing.close().await });
    let pepper = Key32::load(&config.keys.pepper_file).context("the pepper cannot be read")?;
    let (followups, queue) = Followups::new();
    let rights = Rights::new(Parts {
        outbox: chassis.outbox.clone(),
        privacy: chassis.privacy.clone(),
        ledger,
        identity: Arc::clone(&chassis.identity),
        anchor: chassis.anchor.clone(),
        clock: chassis.clock.clone(),
        settings: config.settings,
        nonces: pepper.derive(NONCES),
        followups,
    });
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            routes: grpc::routes(&rights),
        }),
        provider: None,
        admin: listeners.admin,
        handlers: vec![Arc::new(events::Incoming(rights.clone()))],
        hooks: Arc::new(hooks::RightsHooks),
        open_when_fenced: grpc::OPEN_WHEN_FENCED,
    })?;
    let lifecycle = chassis.lifecycle.clone();
    let (fenced, sweeps) = (lifecycle.readiness.clone(), rights.clone());
    lifecycle.spawn("follow-ups", queue.run(rights, lifecycle.clone()));
    let swept = lifecycle.clone();
    lifecycle.spawn("sweep", async move {
        fenced.wait_for(privacy::FENCE).await;
        sweeps.run_sweeps(swept).await
    });
    Ok(())
}
