//! What is done after a commit: ledger, orders, certificate. A hint only: what is lost here is found by the sweep.

use std::time::Duration;

use futures::StreamExt as _;
use service_kit::lifecycle::Lifecycle;
use service_kit::telemetry::TraceContext;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::state::RequestState;
use crate::store::cases::{Hold, Loaded};

/// Hints that wait; beyond it the sweep does the rest.
const QUEUE: usize = 10_000;
/// Requests that are taken further at the same time; their ledger entries share transactions.
const AT_ONCE: usize = 32;
/// A failed one is tried again so often before it is left to the sweep.
const ATTEMPTS: u32 = 3;

/// Where hints go.
#[derive(Clone, Debug)]
pub struct Followups(mpsc::Sender<Hint>);

/// Where hints come out.
#[derive(Debug)]
pub struct FollowupQueue(mpsc::Receiver<Hint>);

/// A request that has something to be done, and where in which trace that became known.
#[derive(Debug)]
struct Hint {
    request: Uuid,
    trace: TraceContext,
}

impl Followups {
    /// Both ends.
    #[must_use]
    pub fn new() -> (Self, FollowupQueue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), FollowupQueue(receiver))
    }

    /// A request has something to be done; it is done in the current trace. Never waits.
    pub fn hint(&self, request: Uuid) {
        let trace = TraceContext::current();
        if self.0.try_send(Hint { request, trace }).is_err() {
            tracing::debug!(%request, "follow-up left to the sweep");
        }
    }
}

impl FollowupQueue {
    /// Works until the shutdown.
    ///
    /// # Errors
    /// None; failures are logged and left to the sweep.
    pub async fn run(self, rights: Rights, lifecycle: Lifecycle) -> anyhow::Result<()> {
        let stopped = lifecycle.shutdown.clone();
        ReceiverStream::new(self.0)
            .take_until(stopped.cancelled_owned())
            .for_each_concurrent(AT_ONCE, |hint| {
                let span = hint.span();
                follow(&rights, hint.request).instrument(span)
            })
            .await;
        Ok(())
    }
}

impl Hint {
    fn span(&self) -> Span {
        let span = tracing::info_span!("follow up", request = %self.request);
        self.trace.set_parent(&span);
        span
    }
}

async fn follow(rights: &Rights, request: Uuid) {
    for attempt in 1..=ATTEMPTS {
        match rights.follow_up(request).await {
            Ok(()) => return,
            Err(error) if attempt == ATTEMPTS => {
                let error = service_kit::error::chain(&error);
                tracing::warn!(%request, error, "follow-up failed, left to the sweep");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50) * attempt).await,
        }
    }
}

impl Rights {
    /// Takes a request as far as it goes by itself: ledger and orders, then ledger and certificate. Repeating it is safe.
    ///
    /// # Errors
    /// [`RightsError`]: to be repeated.
    pub async fn follow_up(&self, request: Uuid) -> Result<(), RightsError> {
        match Loaded::by_id(&self.outbox.database().reader(), request, Hold::No).await? {
            Some(loaded) => self.follow(loaded).await,
            None => Ok(()),
        }
    }

    /// [`Rights::follow_up`] of a request as it has just been stored. Failing, it is left to the sweep.
    pub(crate) async fn follow_now(&self, loaded: Loaded) {
        let request = loaded.request.id;
        if let Err(error) = self.follow(loaded).await {
            let error = service_kit::error::chain(&error);
            tracing::warn!(%request, error, "follow-up failed, left to the sweep");
        }
    }

    async fn follow(&self, mut loaded: Loaded) -> Result<(), RightsError> {
        while loaded.case.kind().is_ledgered() && !loaded.case.to_order().is_empty() {
            loaded = self.order(&loaded).await?;
        }
        if loaded.case.closing() && loaded.case.state() == RequestState::Executing {
            self.close(&loaded).await?;
        }
        Ok(())
    }
}
