//! The rights service's orders as they come off the bus: verified, then recorded in the transaction that claims them.

use std::sync::Arc;

use api::privacy::{DiscoveryRequested, ExecutionOrdered, Signed};
use messaging::{Envelope, Handler, HandlerError, Outgoing, Work};
use prost::Message;

use super::task::{self, NewTask, Task};
use super::{Inner, erase};

/// The only service whose orders count.
pub(crate) const RIGHTS: &str = "rights";
const DISCOVERY_REQUESTED: &str = "rights.discovery.requested.v1";
/// With the holder's name behind it: an order goes to nobody else.
const EXECUTION_ORDERED: &str = "rights.execution.ordered.v1";

/// What this holder answers with.
pub(crate) const DISCOVERY_ANSWERED: &str = "discovery.answered.v1";
pub(crate) const EXECUTION_ANSWERED: &str = "execution.answered.v1";

pub(super) struct Discoveries(pub(super) Arc<Inner>);
pub(super) struct Executions(pub(super) Arc<Inner>);

#[async_trait::async_trait]
impl Handler for Discoveries {
    fn topics(&self) -> Vec<String> {
        vec![DISCOVERY_REQUESTED.to_owned()]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let asked: DiscoveryRequested = self.0.verified(envelope)?;
        if !asked.holder.is_empty() && asked.holder != self.0.service() {
            return Ok(());
        }
        let round = i64::from(asked.round);
        match task::find(work.tx(), task::DISCOVER, &asked.request_id, round).await? {
            Some(dropped) if dropped.state == task::DROPPED => {
                return self.0.take_up(work, dropped).await;
            }
            Some(known) => return self.0.repeat(work, known, DISCOVERY_ANSWERED),
            None => {}
        }
        let new = NewTask {
            kind: task::DISCOVER,
            request_id: asked.request_id.clone(),
            reference: round,
            network: asked.network.clone(),
            state: task::PENDING,
            payload: asked.encode_to_vec(),
            progress: String::new(),
            replayed: false,
        };
        self.0.accept(work, new).await
    }
}

#[async_trait::async_trait]
impl Handler for Executions {
    fn topics(&self) -> Vec<String> {
        vec![format!("{EXECUTION_ORDERED}.{}", self.0.service())]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let order: ExecutionOrdered = self.0.verified(envelope)?;
        if order.holder != self.0.service() {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "an order names another holder than its event does"
            )));
        }
        match order.kind.as_str() {
            "erasure" => self.erase(work, &order).await,
            "access" => self.export(work, order).await,
            _ => Err(HandlerError::fail(anyhow::anyhow!(
                "an execution of an unknown kind is ordered"
            ))),
        }
    }
}

impl Executions {
    async fn erase(&self, work: &mut Work, order: &ExecutionOrdered) -> Result<(), HandlerError> {
        let entry = i64::try_from(order.ledger_entry).map_err(HandlerError::fail)?;
        if let Some(known) = task::find(work.tx(), task::ERASE, &order.request_id, entry).await? {
            return self.0.repeat(work, known, EXECUTION_ANSWERED);
        }
        let task = erase::execute(&self.0, work, order, false).await?;
        let inner = self.0.clone();
        work.on_commit(move || {
            inner.position.saw(entry);
            inner.enqueue(task);
        });
        fail::fail_point!("holder.before_execute_commit");
        Ok(())
    }

    async fn export(&self, work: &mut Work, order: ExecutionOrdered) -> Result<(), HandlerError> {
        if let Some(known) = task::find(work.tx(), task::EXPORT, &order.request_id, 0).await? {
            return self.0.repeat(work, known, EXECUTION_ANSWERED);
        }
        let new = NewTask {
            kind: task::EXPORT,
            request_id: order.request_id.clone(),
            reference: 0,
            network: order.network.clone(),
            state: task::PENDING,
            payload: order.encode_to_vec(),
            progress: String::new(),
            replayed: false,
        };
        self.0.accept(work, new).await
    }
}

impl Inner {
    /// The order inside an event, if the rights service signed it for this very type.
    pub(super) fn verified<M: Message + Default>(
        &self,
        envelope: &Envelope,
    ) -> Result<M, HandlerError> {
        let signed: Signed = envelope.decode()?;
        let now = self.privacy.clock().now();
        let (order, signer) = self
            .trust
            .open_event::<M>(&envelope.event_type, &signed, now)
            .map_err(HandlerError::fail)?;
        if signer == RIGHTS {
            Ok(order)
        } else {
            Err(HandlerError::fail(anyhow::anyhow!(
                "only rights gives orders"
            )))
        }
    }

    async fn accept(self: &Arc<Self>, work: &mut Work, new: NewTask) -> Result<(), HandlerError> {
        let clock = self.privacy.clock();
        let task =
            task::insert(work.tx(), kernel::new_id(clock.as_ref()), clock.now(), new).await?;
        self.begin_after(work, task);
        Ok(())
    }

    /// What was dropped is asked again: a newcomer hears the question to everybody before the rights service has given it a
    /// part in the request, and is refused the search keys until then.
    async fn take_up(self: &Arc<Self>, work: &mut Work, dropped: Task) -> Result<(), HandlerError> {
        let task = task::revive(work.tx(), dropped, self.privacy.clock().now()).await?;
        self.begin_after(work, task);
        Ok(())
    }

    fn begin_after(self: &Arc<Self>, work: &mut Work, task: Task) {
        let inner = self.clone();
        work.on_commit(move || inner.enqueue(task));
    }

    /// An order that came before: the same answer again, if there is one yet.
    fn repeat(&self, work: &mut Work, known: Task, answer: &str) -> Result<(), HandlerError> {
        if let Some(bytes) = known.answer {
            let signed = Signed::decode(bytes.as_slice()).map_err(HandlerError::fail)?;
            work.record(Outgoing::new(
                self.event(answer),
                &known.request_id,
                &known.network,
                &signed,
            ));
        }
        Ok(())
    }

    /// Hands a task to the worker; when its queue is full, the task is found in the table once its lease has ended.
    fn enqueue(&self, task: Task) {
        if self.queue.try_send(task).is_err() {
            tracing::debug!("the queue of holder tasks is full");
        }
    }
}
