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

use crate::app::{Registry, RegistryError};
use crate::grpc::{
    ContractGrpc, MarketGrpc, ProtectedResidentGrpc, ProvisioningGrpc, PullGrpc, RegistryGrpc,
};
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
    let pulled = Duration::from_secs(config.settings.pull_seconds.max(1));
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
    // Other instances apply imports too.
    repeat(
        &chassis,
        &registry,
        ("search_index", follow),
        "the search index could not follow",
        |registry| async move { registry.indexes().follow().await },
    );
    repeat(
        &chassis,
        &registry,
        ("search_check", check),
        "the search index is compared later",
        |registry| async move { registry.indexes().check().await },
    );
    // Not while the service is fenced.
    repeat_when_ready(
        &chassis,
        &registry,
        ("feed_marks", follow),
        "the feeds are compared with their marks later",
        |registry| async move { registry.watch_feeds().await },
    );
    repeat_when_ready(
        &chassis,
        &registry,
        ("import_sweep", sweep),
        "the sweep of imports goes on later",
        |registry| async move { registry.sweep().await },
    );
    repeat_when_ready(
        &chassis,
        &registry,
        ("staged_sessions", sweep),
        "staged sessions are closed later",
        |registry| async move { registry.close_sessions().await },
    );
    repeat_when_ready(
        &chassis,
        &registry,
        ("drop_folders", dropped),
        "the drop folders are looked into later",
        |registry| async move { registry.take_dropped_files(Registry::settled()).await },
    );
    // One task each: a slow system holds back no other network's file.
    for network in registry.pulled_networks() {
        repeat_when_ready(
            &chassis,
            &registry,
            ("pull", pulled),
            "the address file is fetched later",
            move |registry| {
                let network = network.clone();
                async move { registry.pull_when_due(&network).await }
            },
        );
    }
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            // The gateway asks on behalf of providers here, too.
            routes: Routes::new(RegistryGrpc::server(Arc::clone(&registry)))
                .add_service(ContractGrpc::server(Arc::clone(&registry)))
                .add_service(ProtectedResidentGrpc::server(Arc::clone(&registry)))
                .add_service(PullGrpc::server(Arc::clone(&registry)))
                .add_service(MarketGrpc::server(Arc::clone(&registry)))
                .add_service(ProvisioningGrpc::server(Arc::clone(&registry))),
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

/// As [`repeat`]; a turn in which the service may not serve is left out.
fn repeat_when_ready<F, T>(
    chassis: &Chassis,
    registry: &Arc<Registry>,
    task: (&'static str, Duration),
    failed: &'static str,
    turn: F,
) where
    F: Fn(Arc<Registry>) -> T + Send + 'static,
    T: Future<Output = Result<(), RegistryError>> + Send,
{
    repeat(chassis, registry, task, failed, move |registry| {
        // Nothing is done of it before it is waited for.
        let turn = registry.is_ready().then(|| turn(registry));
        async move {
            match turn {
                Some(turn) => turn.await,
                None => Ok(()),
            }
        }
    });
}

/// Does something again and again until the service stops. A failure is said, and made good by the next turn.
fn repeat<F, T>(
    chassis: &Chassis,
    registry: &Arc<Registry>,
    (name, every): (&'static str, Duration),
    failed: &'static str,
    turn: F,
) where
    F: Fn(Arc<Registry>) -> T + Send + 'static,
    T: Future<Output = Result<(), RegistryError>> + Send,
{
    let (shutdown, registry) = (chassis.lifecycle.shutdown.clone(), Arc::clone(registry));
    chassis.lifecycle.spawn(name, async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            if let Err(error) = turn(Arc::clone(&registry)).await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(error.chain = error, "{failed}");
            }
        }
        anyhow::Ok(())
    });
}
