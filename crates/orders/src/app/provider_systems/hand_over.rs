//! Hands over what is due: marks it, records what the provider is about to be given, and calls.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use reqwest::header::HeaderMap;
use service_kit::outgoing::CallError;
use url::Url;
use uuid::Uuid;

use super::calling::{self, NO_CREDENTIAL};
use super::conclude::{Attempt, DEADLINE, say};
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::provider_system::Function;
use crate::domain::provider_system::handover::{HandoverKind, HandoverState, Outcome};
use crate::domain::status::OrderStatus;
use crate::store::{handover, order, provider_system, unreadable};

/// How long one waits whose destination has enough to do.
const BUSY: TimeDelta = TimeDelta::seconds(1);

/// A call that is to be made, once.
struct Call {
    desk: Desk,
    handover: Uuid,
    kind: HandoverKind,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Orders {
    /// Hands over what is due, again and again until the process stops. A failure is said, and made good by the next turn.
    pub async fn hand_over_orders(self: Arc<Self>) {
        let every = Duration::from_millis(self.settings.provider_systems.poll_ms.max(50));
        loop {
            tokio::select! {
                () = self.lifecycle.shutdown.cancelled() => return,
                () = self.systems.wake.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
            // Behind the ledger nobody is told of anybody.
            if self.lifecycle.readiness.is_ready() {
                say(self.hand_over_due().await);
            }
        }
    }

    /// One turn: a call begins for each provider that waits for one, however long those of others take.
    async fn hand_over_due(self: &Arc<Self>) -> Result<(), OrdersError> {
        let reader = self.outbox.database().reader();
        for (network, provider) in handover::providers_due(&reader, self.clock.now()).await? {
            let desk = Desk {
                network: NetworkCode::parse(&network).map_err(unreadable("network"))?,
                provider: ProviderId::parse(&provider).map_err(unreadable("provider_id"))?,
            };
            match Box::pin(self.next_call(&desk)).await {
                Ok(Some(call)) => {
                    let orders = Arc::clone(self);
                    self.lifecycle.tasks.spawn(async move {
                        say(orders.make(call).await);
                        orders.systems.wake.notify_one();
                    });
                }
                // That of one provider cannot be done now does not keep the others waiting.
                other => say(other.map(drop)),
            }
        }
        Ok(())
    }

    async fn make(&self, call: Call) -> Result<(), OrdersError> {
        let answer = self
            .systems
            .outgoing
            .post(&call.url, call.headers, call.body);
        let now = |wait| self.clock.now() + wait;
        let attempt = match answer.await {
            Ok(answer) => {
                let status = answer.status.as_u16();
                let wait = calling::retry_after(&answer);
                Attempt::Made(
                    Outcome::of(call.kind, status, wait, &answer.body),
                    Some(status),
                )
            }
            Err(error @ CallError::Open(until)) => Attempt::Postponed(error.as_str(), until),
            Err(error @ CallError::Busy) => Attempt::Postponed(error.as_str(), now(BUSY)),
            Err(error) if error.is_unsent() => {
                Attempt::Made(Outcome::NotTaken(error.as_str(), 0), None)
            }
            Err(error) => {
                let outcome = Outcome::Uncertain(error.as_str(), String::new());
                Attempt::Made(outcome, None)
            }
        };
        self.conclude(&call.desk, call.handover, attempt).await
    }

    /// The provider's next call, marked; nothing when there is none now. One at a time: the provider's system is locked while
    /// it is looked for.
    async fn next_call(&self, desk: &Desk) -> Result<Option<Call>, OrdersError> {
        let (mut work, now) = (self.outbox.begin().await?, self.clock.now());
        let system = provider_system::lock(work.tx(), &desk.network, &desk.provider).await?;
        for row in handover::broken_off(work.tx(), desk.whose(), now).await? {
            self.give_to_staff(&mut work, desk, &row, now).await?;
        }
        let mut call = None;
        if !handover::is_sending(work.tx(), desk.whose()).await?
            && let Some(row) = handover::next(work.tx(), desk.whose(), now).await?
        {
            call = self.prepare(&mut work, desk, system, row).await?;
        }
        work.commit().await?;
        Ok(call)
    }

    /// One whose process was killed between the call and its answer, or before the call; or that is concluded right now.
    async fn give_to_staff(
        &self,
        work: &mut Work,
        desk: &Desk,
        row: &handover::Model,
        now: DateTime<Utc>,
    ) -> Result<(), OrdersError> {
        // The order's lock first, as everywhere.
        let order = OrderId::from_uuid(row.order_id);
        order::lock(work.tx(), &desk.network, order).await?;
        let row = handover::lock(work.tx(), &desk.network, row.id).await?;
        let Some(row) = row.filter(|row| handover::is_broken_off(row, now)) else {
            return Ok(());
        };
        let outcome = Outcome::Uncertain("broken_off", String::new());
        self.settle(work, desk, row, outcome).await
    }

    async fn prepare(
        &self,
        work: &mut Work,
        desk: &Desk,
        system: Option<provider_system::Model>,
        row: handover::Model,
    ) -> Result<Option<Call>, OrdersError> {
        let (kind, now) = (row.kind()?, self.clock.now());
        let function = match kind {
            HandoverKind::Order => Function::Order,
            HandoverKind::ActivationNotice => Function::ActivationNotice,
        };
        // Locked: an erasure comes either before and leaves nothing to tell, or after and finds the disclosure.
        let id = OrderId::from_uuid(row.order_id);
        let order = order::lock(work.tx(), &desk.network, id).await?;
        let is_told = |order: &order::Model| {
            let is_new = order.status == OrderStatus::New.as_str();
            !order.is_erased() && (is_new || kind == HandoverKind::ActivationNotice)
        };
        let system = system.filter(|system| system.has(function));
        let (Some(order), Some(system)) = (order.filter(is_told), system) else {
            self.supersede(work, row).await?;
            return Ok(None);
        };
        let url = calling::function(&system, function)?;
        if now >= row.begun_at + self.handover_deadline() {
            let outcome = Outcome::NotTaken(DEADLINE, 0);
            self.settle(work, desk, row, outcome).await?;
            return Ok(None);
        }
        if let Some(until) = self.systems.outgoing.left_alone(&url) {
            handover::postpone(work.tx(), desk.whose(), until).await?;
            return Ok(None);
        }
        let Some(headers) = self.call_headers(&system) else {
            let outcome = Outcome::NotTaken(NO_CREDENTIAL, 0);
            self.settle(work, desk, row, outcome).await?;
            return Ok(None);
        };
        let message = match self.message(work, desk, &order, &row).await? {
            Ok(message) => message,
            Err(outcome) => {
                self.settle(work, desk, row, outcome).await?;
                return Ok(None);
            }
        };
        let handover = row.id;
        self.mark(work, &order, row, now).await?;
        Ok(Some(Call {
            desk: desk.clone(),
            handover,
            kind,
            url,
            headers,
            body: serde_json::to_vec(&message).expect("texts are JSON"),
        }))
    }

    /// From here on the call may be under way, and the provider may have been given its customer.
    async fn mark(
        &self,
        work: &mut Work,
        order: &order::Model,
        mut row: handover::Model,
        now: DateTime<Utc>,
    ) -> Result<(), OrdersError> {
        let is_first = row.disclosed_at.is_none();
        if is_first {
            row.disclosed_at = Some(now);
        }
        self.record_handover(work, order, is_first).await?;
        row.set(HandoverState::Sending, now);
        row.attempts = row.attempts.saturating_add(1);
        row.lease_owner = Some(self.systems.owner);
        row.lease_until = Some(now + TimeDelta::from_std(handover::LEASE).unwrap_or_default());
        Ok(handover::update(work.tx(), row).await?)
    }
}
