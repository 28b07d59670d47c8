//! What is to be handed over; and what staff see and decide of it.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use messaging::Work;
use service_kit::caller::Caller;
use uuid::Uuid;

use crate::app::error::OrdersError;
use crate::app::journal::{Line, Move, Mover};
use crate::app::paging::{cut, page_size};
use crate::app::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::catalogue::Offering;
use crate::domain::log_text::LogText;
use crate::domain::provider_system::Function;
use crate::domain::provider_system::handover::{HandoverKind, HandoverState};
use crate::domain::status::OrderStatus;
use crate::store::handover::{self, Listed};
use crate::store::{order, provider_system};

/// A page of handovers.
#[derive(Clone, Debug)]
pub struct HandoverPage {
    /// The newest first.
    pub rows: Vec<handover::Model>,
    /// Where the next page goes on.
    pub next_below: Option<Uuid>,
}

impl Orders {
    /// Has a new order handed over, if its provider's system takes orders.
    pub(crate) async fn queue_order(
        &self,
        work: &Work,
        order: OrderId,
        offering: &Offering,
    ) -> Result<(), OrdersError> {
        let (network, provider) = (&offering.network, &offering.provider);
        let system = provider_system::find(work.tx(), network, provider).await?;
        if system.is_none_or(|system| !system.has(Function::Order)) {
            return Ok(());
        }
        let row = self.new_handover(order, HandoverKind::Order, offering);
        Ok(handover::insert(work.tx(), row).await?)
    }

    pub(super) fn new_handover(
        &self,
        order: OrderId,
        kind: HandoverKind,
        offering: &Offering,
    ) -> handover::Model {
        let now = self.clock.now();
        let key = offering.external.clone();
        let (product_id, offering_id) = key.map(|key| (key.product, key.offering)).unzip();
        handover::Model {
            id: kernel::new_id(self.clock.as_ref()),
            network: offering.network.to_string(),
            provider_id: offering.provider.to_string(),
            kind: kind.as_str().to_owned(),
            order_id: order.as_uuid(),
            technical_order_id: None,
            product_id,
            offering_id,
            state: HandoverState::Waiting.as_str().to_owned(),
            attempts: 0,
            begun_at: now,
            next_attempt_at: now,
            lease_owner: None,
            lease_until: None,
            disclosed_at: None,
            last_status: None,
            last_failure: None,
            finished_at: None,
        }
    }

    /// A page of a network's handovers.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_handovers(
        &self,
        network: &NetworkCode,
        listed: &Listed,
        size: u64,
    ) -> Result<HandoverPage, OrdersError> {
        let size = page_size(size);
        let reader = self.outbox.database().reader();
        let rows = handover::list(&reader, network, listed, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let next_below = rows.last().filter(|_| more).map(|last| last.id);
        Ok(HandoverPage { rows, next_below })
    }

    /// Sends one again that somebody had to see to: its age counts from now.
    ///
    /// # Errors
    /// There is none, or it is not where it was seen, or nothing that staff have a say in; the database fails.
    pub async fn resend_handover(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        id: Uuid,
        expected: HandoverState,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        let (order, mut row) = self.decided(&work, network, id, expected).await?;
        let now = self.clock.now();
        row.set(HandoverState::Waiting, now);
        (row.begun_at, row.next_attempt_at, row.attempts) = (now, now, 0);
        self.log_handover(&work, &order, caller, HandoverState::Waiting, now)
            .await?;
        handover::update(work.tx(), row).await?;
        work.commit().await?;
        self.systems.wake.notify_one();
        Ok(())
    }

    /// Says of one that somebody had to see to that the provider has it. An order that is still new becomes received.
    ///
    /// # Errors
    /// As of [`Self::resend_handover`].
    pub async fn confirm_handover(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        id: Uuid,
        expected: HandoverState,
    ) -> Result<(), OrdersError> {
        let mut work = self.outbox.begin().await?;
        let (order, mut row) = self.decided(&work, network, id, expected).await?;
        let now = self.clock.now();
        row.set(HandoverState::Confirmed, now);
        self.log_handover(&work, &order, caller, HandoverState::Confirmed, now)
            .await?;
        let state = order.to_domain()?.state().clone();
        if row.kind()? == HandoverKind::Order && state.status == OrderStatus::New {
            let desk = Desk {
                network: state.network,
                provider: state.provider,
            };
            let mover = Mover {
                actor: actor(caller),
                ..Mover::provider(&desk)
            };
            self.move_order(&mut work, &mover, &order, Move::Acknowledge, None)
                .await?;
        }
        handover::update(work.tx(), row).await?;
        Ok(work.commit().await?)
    }

    /// The order and the handover, both locked.
    async fn decided(
        &self,
        work: &Work,
        network: &NetworkCode,
        id: Uuid,
        expected: HandoverState,
    ) -> Result<(order::Model, handover::Model), OrdersError> {
        let seen = handover::find(work.tx(), network, id).await?;
        let seen = seen.ok_or(OrdersError::HandoverNotFound)?;
        let order = order::lock(work.tx(), network, OrderId::from_uuid(seen.order_id)).await?;
        let order = order.ok_or(OrdersError::OrderNotFound)?;
        let row = handover::lock(work.tx(), network, id).await?;
        let row = row.ok_or(OrdersError::HandoverNotFound)?;
        if !expected.needs_staff() || row.state()? != expected {
            return Err(OrdersError::HandoverMoved);
        }
        Ok((order, row))
    }

    async fn log_handover(
        &self,
        work: &Work,
        order: &order::Model,
        caller: &Caller,
        state: HandoverState,
        at: DateTime<Utc>,
    ) -> Result<(), OrdersError> {
        let actor = actor(caller);
        let line = Line::new(&actor, LogText::HandedOver(state));
        let domain = order.to_domain()?;
        let known = domain.state();
        let whose = (&known.network, &known.provider);
        tracing::info!(network = %known.network, provider = %known.provider, order = %known.id, actor, state = state.as_str(), %at, "handover decided");
        self.log(work, whose, known.id, order.subject_id, vec![line])
            .await
    }
}

fn actor(caller: &Caller) -> String {
    format!("{}:{}", caller.kind.as_str(), caller.id)
}
