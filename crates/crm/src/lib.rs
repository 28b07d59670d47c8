//! Contacts and their consent: quarantine until the person says yes through a mailed link, reminders, removal.

pub mod app;
pub mod config;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod personal_data;
pub mod store;

use std::sync::Arc;

use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use crm_migration::Migrator;
use messaging::lease::Lease;
use privacy::NoHooks;
use tonic::service::Routes;

use crate::app::Crm;
use crate::app::sweep::Sweeper;
use crate::grpc::CrmGrpc;
use crate::personal_data::DATA_MAP;

pub use crate::config::{Config, DEFAULTS, Settings};

/// Name of the service, and the audience of the tokens that it takes.
pub const SERVICE: &str = "crm";

/// The service as a program.
pub fn program() -> Program<Settings> {
    Program::new(SERVICE, DEFAULTS)
}

/// Connects, starts the sweeper and serves; returns when everything runs. The lifecycle ends it.
///
/// # Errors
/// A database, key or identity that cannot be used; then nothing listens.
pub async fn run(
    config: Config,
    listeners: Listeners,
    surroundings: Surroundings,
) -> anyhow::Result<()> {
    let chassis =
        Chassis::connect::<Migrator, _>(SERVICE, &config, &DATA_MAP, surroundings).await?;
    let crm = Arc::new(Crm::new(&chassis, &config)?);
    let names = Arc::new(crm.names.clone());
    let sweeping = config.settings.sweep_interval();
    let lease = Lease::new(
        chassis.database.clone(),
        "crm.sweeper",
        sweeping.saturating_mul(3),
    );
    Sweeper::new(Arc::clone(&crm), lease, sweeping).start(&chassis.lifecycle);
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            routes: Routes::new(CrmGrpc::server(crm)),
        }),
        provider: None,
        admin: listeners.admin,
        handlers: vec![names],
        hooks: Arc::new(NoHooks),
        open_when_fenced: &[],
    })
}
