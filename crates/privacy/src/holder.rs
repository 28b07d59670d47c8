//! The holder of personal data: it answers the rights service from the data map alone.
//!
//! Discovery and execution come as signed events. What must happen once happens in the transaction that claims the
//! message; the rest (asking for search keys, destroying keys, re-reading, exporting) is a task that survives a crash.
//! At start, and after a restore, the holder keeps the service fenced until the ledger has been replayed.

mod access_log;
mod announce;
mod discover;
mod erase;
mod events;
mod export;
mod fence;
pub(crate) mod forget;
pub(crate) mod handle;
mod hooks;
mod ledger;
pub(crate) mod opt_out;
mod position;
mod prove;
mod rows;
mod spare;
mod task;
mod worker;

use std::sync::Arc;

use api::rights::holder_service_client::HolderServiceClient;
use messaging::{Handler, Outbox};
use service_kit::grpc::ClientChannel;
use service_kit::identity::{Identity, TrustAnchor};
use service_kit::lifecycle::Lifecycle;
use tokio::sync::{Mutex, Notify, mpsc};

pub(crate) use self::erase::{moment, timestamp};
pub use self::hooks::{HolderHooks, NoHooks};
pub(crate) use self::rows::taking_out;
use self::{position::Position, task::Task};
use crate::{Privacy, schema::Schema};

/// Why the service is not ready until the ledger has been replayed.
pub const FENCE: &str = "fence";
/// Why the service is not ready when the ledger lacks what the database has applied.
pub const LEDGER_BEHIND: &str = "ledger_behind";

/// Tasks that wait in memory; what does not fit waits in the table.
const QUEUE: usize = 4_096;

/// What a holder is made of.
pub struct HolderParts {
    /// The service's personal data.
    pub privacy: Privacy,
    /// Where its answers leave from.
    pub outbox: Outbox,
    /// What its answers are signed with.
    pub identity: Arc<Identity>,
    /// What orders are verified against.
    pub trust: TrustAnchor,
    /// The rights service, with this service's own credential.
    pub rights: ClientChannel,
    /// Where its tasks run and its readiness is held.
    pub lifecycle: Lifecycle,
    /// The service's own part.
    pub hooks: Arc<dyn HolderHooks>,
}

/// The holder of one service. Cheap to clone.
#[derive(Clone)]
pub struct Holder(Arc<Inner>);

pub(crate) struct Inner {
    privacy: Privacy,
    outbox: Outbox,
    identity: Arc<Identity>,
    trust: TrustAnchor,
    rights: HolderServiceClient<ClientChannel>,
    lifecycle: Lifecycle,
    hooks: Arc<dyn HolderHooks>,
    position: Position,
    /// Rung when a transaction sees that the database has lost what it had applied.
    lost: Notify,
    queue: mpsc::Sender<Task>,
    waiting: Mutex<Option<mpsc::Receiver<Task>>>,
}

impl Holder {
    /// Joins the parts and holds the service fenced; [`Holder::start`] releases it when the ledger has been replayed.
    pub fn new(parts: HolderParts) -> Self {
        parts.lifecycle.readiness.hold(FENCE);
        let (queue, waiting) = mpsc::channel(QUEUE);
        Self(Arc::new(Inner {
            privacy: parts.privacy,
            outbox: parts.outbox,
            identity: parts.identity,
            trust: parts.trust,
            rights: HolderServiceClient::new(parts.rights),
            lifecycle: parts.lifecycle,
            hooks: parts.hooks,
            position: Position::default(),
            lost: Notify::new(),
            queue,
            waiting: Mutex::new(Some(waiting)),
        }))
    }

    /// What messaging calls with the rights service's orders.
    pub fn handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![
            Arc::new(events::Discoveries(self.0.clone())),
            Arc::new(events::Executions(self.0.clone())),
            Arc::new(opt_out::Acknowledgements(self.0.clone())),
        ]
    }

    /// Starts replaying, announcing, working, sealing and watching. The consumers of messaging wait for [`FENCE`].
    pub fn start(&self) {
        self.0
            .lifecycle
            .spawn("holder fence", fence::guard(self.0.clone()));
        self.0
            .lifecycle
            .spawn("holder worker", worker::run(self.0.clone()));
        self.0
            .lifecycle
            .spawn("access log", access_log::run(self.0.clone()));
    }
}

impl Inner {
    fn service(&self) -> &'static str {
        self.privacy.data_map().service
    }

    fn event(&self, rest: &str) -> String {
        format!("{}.{rest}", self.service())
    }

    async fn schema(&self) -> Result<&Schema, sea_orm::DbErr> {
        self.privacy.schema().await
    }
}
