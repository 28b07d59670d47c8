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
    chassis.repeat(
        &registry,
        ("search_index", follow),
        "the search index could not follow",
        |registry| async move { registry.indexes().follow().await },
    );
    chassis.repeat(
        &registry,
        ("search_check", check),
        "the search index is compared later",
        |registry| async move { registry.indexes().check().await },
    );
    // Not while the service is fenced.
    chassis.repeat_when_ready(
        &registry,
        ("feed_marks", follow),
        "the feeds are compared with their marks later",
        |registry| async move { registry.watch_feeds().await },
    );
    chassis.repeat_when_ready(
        &registry,
        ("import_sweep", sweep),
        "the sweep of imports goes on later",
        |registry| async move { registry.sweep().await },
    );
    chassis.repeat_when_ready(
        &registry,
        ("staged_sessions", sweep),
        "staged sessions are closed later",
        |registry| async move { registry.close_sessions().await },
    );
    chassis.repeat_when_ready(
        &registry,
        ("drop_folders", dropped),
        "the drop folders are looked into later",
        |registry| async move { registry.take_dropped_files(Registry::settled()).await },
    );
    // One task each: a slow system holds back no other network's file.
    for network in registry.pulled_networks() {
        chassis.repeat_when_ready(
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
