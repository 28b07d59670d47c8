//! The address registry: accesses in by file and API, found by search.

pub mod app;
pub mod config;
pub mod domain;
pub mod grpc;
pub mod personal_data;
pub mod store;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use privacy::NoHooks;
use registry_migration::Migrator;
use service_kit::secret::Key32;
use tonic::service::Routes;

use crate::app::Registry;
use crate::grpc::{ContractGrpc, MarketGrpc, RegistryGrpc};
use crate::personal_data::DATA_MAP;

pub use crate::config::{Config, DEFAULTS, Settings};

/// Name of the service, and the audience of the tokens that it takes.
pub const SERVICE: &str = "registry";

/// The service as a program.
pub fn program() -> Program<Settings> {
    Program::new(SERVICE, DEFAULTS)
}

/// Connects, builds the search indexes and serves; returns when everything runs. The lifecycle ends it.
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
    let pepper = Key32::load(&config.keys.pepper_file).context("the pepper cannot be read")?;
    let follow = Duration::from_secs(config.settings.follow_seconds.max(1));
    let check = Duration::from_secs(config.settings.check_seconds.max(1));
    let sweep = Duration::from_secs(config.settings.sweep_seconds.max(1));
    let dropped = Duration::from_secs(config.settings.drop_seconds.max(1));
    let registry = Arc::new(Registry::new(
        chassis.outbox.clone(),
        chassis.privacy.clone(),
        chassis.clock.clone(),
        config.settings,
        &pepper,
        chassis.lifecycle.clone(),
    ));
    registry
        .resume_feeds()
        .await
        .context("the feeds cannot be compared with their marks")?;
    registry
        .indexes()
        .follow()
        .await
        .context("the search index cannot be built")?;
    follow_imports(&chassis, Arc::clone(&registry), follow);
    check_indexes(&chassis, Arc::clone(&registry), check);
    sweep_imports(&chassis, Arc::clone(&registry), sweep);
    take_dropped_files(&chassis, Arc::clone(&registry), dropped);
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            // The gateway asks on behalf of providers here, too.
            routes: Routes::new(RegistryGrpc::server(Arc::clone(&registry)))
                .add_service(ContractGrpc::server(Arc::clone(&registry)))
                .add_service(MarketGrpc::server(Arc::clone(&registry))),
        }),
        provider: listeners.provider.map(|listener| GrpcDoor {
            listener,
            routes: Routes::new(MarketGrpc::server(registry)),
        }),
        admin: listeners.admin,
        handlers: Vec::new(),
        hooks: Arc::new(NoHooks),
        open_when_fenced: &[],
    })
}

/// Keeps the indexes up with imports that other instances apply. A failure is tried again at the next turn.
fn follow_imports(chassis: &Chassis, registry: Arc<Registry>, every: Duration) {
    let shutdown = chassis.lifecycle.shutdown.clone();
    chassis.lifecycle.spawn("search_index", async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            if let Err(error) = registry.indexes().follow().await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(error.chain = error, "the search index could not follow");
            }
        }
        anyhow::Ok(())
    });
}

/// Compares the indexes with the database. A failure is tried again at the next turn.
fn check_indexes(chassis: &Chassis, registry: Arc<Registry>, every: Duration) {
    let shutdown = chassis.lifecycle.shutdown.clone();
    chassis.lifecycle.spawn("search_check", async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            if let Err(error) = registry.indexes().check().await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(error.chain = error, "the search index is compared later");
            }
        }
        anyhow::Ok(())
    });
}

/// Takes away what nobody will ask for any more. Not while the service is fenced: it waits until it may serve.
fn sweep_imports(chassis: &Chassis, registry: Arc<Registry>, every: Duration) {
    let shutdown = chassis.lifecycle.shutdown.clone();
    let readiness = chassis.lifecycle.readiness.clone();
    chassis.lifecycle.spawn("import_sweep", async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            if !readiness.is_ready() {
                continue;
            }
            if let Err(error) = registry.sweep().await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(error.chain = error, "the sweep of imports goes on later");
            }
        }
        anyhow::Ok(())
    });
}

/// Takes address files that other systems put into folders.
fn take_dropped_files(chassis: &Chassis, registry: Arc<Registry>, every: Duration) {
    let shutdown = chassis.lifecycle.shutdown.clone();
    let readiness = chassis.lifecycle.readiness.clone();
    chassis.lifecycle.spawn("drop_folders", async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            if !readiness.is_ready() {
                continue;
            }
            if let Err(error) = registry.take_dropped_files(Registry::settled()).await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(
                    error.chain = error,
                    "the drop folders are looked into later"
                );
            }
        }
        anyhow::Ok(())
    });
}
