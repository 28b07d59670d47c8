//! Everything in one process: the same services with the same configuration keys, on SQLite and the local bus.

mod addresses;
mod environment;
mod operators;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use chassis::{Bound, Listeners, Surroundings};
use kernel::SharedClock;
use messaging::LocalBus;
use serde::de::DeserializeOwned;
use service_kit::config::{self, ServiceConfig};
use service_kit::lifecycle::Lifecycle;

pub use self::addresses::Addresses;
use self::operators::Board;
use crate::folder::{Folder, SERVICES};

/// A service has this long to end its work when it is stopped.
const DRAIN: Duration = Duration::from_secs(20);

/// What can be chosen about an embedded installation.
#[derive(Clone, Debug)]
pub struct Options {
    /// For browsers and partners.
    pub http: SocketAddr,
    /// For providers' systems: orders.
    pub provider: SocketAddr,
    /// For providers' systems: the accesses of their contracts.
    pub market: SocketAddr,
    /// For operators.
    pub admin: Option<SocketAddr>,
    /// Where mail goes; rows wait without it.
    pub smtp: Option<String>,
    /// Erasure needs a second person.
    pub two_person: bool,
    /// The first administrator is made by the set-up page.
    pub set_up: bool,
}

/// A running installation.
pub struct Installation {
    folder: Folder,
    options: Options,
    addresses: Addresses,
    /// Of services that have not started yet.
    bound: Bound,
    bus: LocalBus,
    clock: SharedClock,
    running: BTreeMap<&'static str, Lifecycle>,
    board: Board,
    operators: Lifecycle,
}

impl Installation {
    /// Starts every service and waits until all are ready.
    ///
    /// # Errors
    /// An address is taken, or a service does not start.
    pub async fn start(
        folder: Folder,
        options: Options,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        let (addresses, bound) = addresses::choose(&options).await?;
        let mut installation = Self {
            folder,
            options,
            addresses,
            bound,
            bus: LocalBus::default(),
            clock,
            running: BTreeMap::new(),
            board: Board::default(),
            operators: Lifecycle::new(),
        };
        if let Some(admin) = installation.addresses.admin {
            let listener = installation.bound.get("admin", admin).await?;
            let board = installation.board.clone();
            operators::serve(listener, board, &installation.operators);
        }
        for service in SERVICES {
            installation.start_service(service).await?;
        }
        let path = installation.folder.addresses();
        let text = serde_json::to_vec_pretty(&installation.addresses)?;
        tokio::fs::write(&path, text)
            .await
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(installation)
    }

    /// Where it listens.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Starts one service, at the address that it had.
    ///
    /// # Errors
    /// Its address is taken, or it does not connect.
    pub async fn start_service(&mut self, service: &'static str) -> anyhow::Result<()> {
        let lifecycle = Lifecycle::new();
        let around = Surroundings {
            bus: Some(self.bus.clone()),
            clock: self.clock.clone(),
            lifecycle: lifecycle.clone(),
        };
        match service {
            "rights" => {
                self.run(service, rights::DEFAULTS, around, |_| None, rights::run)
                    .await?;
            }
            "registry" => {
                self.run(service, registry::DEFAULTS, around, |_| None, registry::run)
                    .await?;
            }
            "orders" => {
                self.run(service, orders::DEFAULTS, around, |_| None, orders::run)
                    .await?;
            }
            "crm" => {
                self.run(service, crm::DEFAULTS, around, |_| None, crm::run)
                    .await?;
            }
            "gateway" => {
                let http = |settings: &gateway::Settings| Some(settings.http);
                self.run(service, gateway::DEFAULTS, around, http, gateway::run)
                    .await?;
            }
            other => anyhow::bail!("there is no service {other}"),
        }
        self.board.note(service, Some(lifecycle.readiness.clone()));
        self.running.insert(service, lifecycle);
        Ok(())
    }

    /// Stops one service and waits until its work has ended; the others go on.
    ///
    /// # Errors
    /// It does not end in time, or one of its tasks had failed.
    pub async fn stop_service(&mut self, service: &'static str) -> anyhow::Result<()> {
        let Some(lifecycle) = self.running.remove(service) else {
            return Ok(());
        };
        self.board.note(service, None);
        lifecycle.stop();
        lifecycle
            .drained(DRAIN)
            .await
            .with_context(|| format!("{service} did not stop in order"))
    }

    /// Waits until every running service is ready, or one has stopped by itself.
    ///
    /// # Errors
    /// A service stopped, or was not ready in time.
    pub async fn ready(&self, patience: Duration) -> anyhow::Result<()> {
        let all = futures::future::join_all(
            self.running
                .values()
                .map(|lifecycle| lifecycle.readiness.wait_ready()),
        );
        let failed = futures::future::select_all(
            self.running
                .values()
                .map(|lifecycle| Box::pin(lifecycle.shutdown.cancelled())),
        );
        tokio::select! {
            _ = all => Ok(()),
            ((), index, _) = failed => {
                let name = self.running.keys().nth(index).copied().unwrap_or_default();
                anyhow::bail!("{name} stopped while it was starting")
            }
            () = tokio::time::sleep(patience) => anyhow::bail!("not ready after {patience:?}: {}", self.board.reasons().join(", ")),
        }
    }

    /// Waits until the process is told to stop, or a service has stopped by itself; then stops the others, the gateway first.
    ///
    /// # Errors
    /// A service had failed, or did not end in time.
    pub async fn run_until_stopped(mut self, process: &Lifecycle) -> anyhow::Result<()> {
        let ended = futures::future::select_all(
            self.running
                .values()
                .map(|lifecycle| Box::pin(lifecycle.shutdown.cancelled())),
        );
        tokio::select! {
            () = process.shutdown.cancelled() => {}
            _ = ended => tracing::error!("a service has stopped by itself, the others follow"),
        }
        self.stop().await
    }

    /// Stops everything, the gateway first.
    ///
    /// # Errors
    /// A service had failed, or did not end in time.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let mut first = Ok(());
        for service in SERVICES.iter().rev() {
            let stopped = self.stop_service(service).await;
            first = first.and(stopped);
        }
        self.operators.stop();
        first.and(self.operators.drained(DRAIN).await)
    }

    async fn run<S, R, F>(
        &mut self,
        service: &'static str,
        defaults: &str,
        around: Surroundings,
        http: fn(&S) -> Option<SocketAddr>,
        run: R,
    ) -> anyhow::Result<()>
    where
        S: DeserializeOwned,
        R: FnOnce(ServiceConfig<S>, Listeners, Surroundings) -> F,
        F: Future<Output = anyhow::Result<()>>,
    {
        let own = self.folder.settings(service);
        let own = own.is_file().then_some(own.as_path());
        let config: ServiceConfig<S> = config::load_with(defaults, own, self.environment(service))
            .with_context(|| format!("the configuration of {service}"))?;
        let listeners =
            Listeners::from_bound(&mut self.bound, &config, http(&config.settings)).await?;
        run(config, listeners, around)
            .await
            .with_context(|| format!("{service} does not start"))
    }
}
