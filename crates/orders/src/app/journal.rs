//! What every change of an order leaves behind: a line in its log, its place in the provider's feed, its event.

use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use uuid::Uuid;

use super::error::OrdersError;
use super::webhooks::kind_of_move;
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::log_text::LogText;
use crate::domain::order::Order;
use crate::domain::status::{OrderStatus, Party};
use crate::events::outgoing;
use crate::store::report::{self, Milestone};
use crate::store::{counter, order, order_answer, order_log};

/// A line of the log.
pub(crate) struct Line<'a> {
    pub actor: &'a str,
    pub text: LogText,
    /// Sealed already.
    pub message: Option<(Uuid, Vec<u8>)>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(actor: &'a str, text: LogText) -> Self {
        Self {
            actor,
            text,
            message: None,
        }
    }
}

impl Orders {
    /// Adds lines to the log of an order.
    pub(crate) async fn log(
        &self,
        work: &Work,
        (network, provider): (&NetworkCode, &ProviderId),
        order: OrderId,
        subject: Option<Uuid>,
        lines: Vec<Line<'_>>,
    ) -> Result<(), OrdersError> {
        let row = |(position, line): (i32, Line<'_>)| {
            let (id, message) = match line.message {
                Some((id, sealed)) => (id, Some(sealed)),
                None => (kernel::new_id(self.clock.as_ref()), None),
            };
            order_log::Model {
                id,
                network: network.to_string(),
                subject_id: subject,
                order_id: order.as_uuid(),
                at: self.clock.now(),
                position,
                kind: line.text.kind().to_owned(),
                actor: line.actor.to_owned(),
                text: line.text.to_string(),
                message,
                provider_id: provider.to_string(),
            }
        };
        order_log::insert(work.tx(), (0..).zip(lines).map(row).collect()).await?;
        Ok(())
    }

    /// Moves an order, and when it did move: stores it, logs it, feeds it, tells it.
    pub(crate) async fn move_order(
        &self,
        work: &mut Work,
        mover: &Mover,
        row: &order::Model,
        to: Move,
        message: Option<(Uuid, Vec<u8>)>,
    ) -> Result<Order, OrdersError> {
        let mut order = row.to_domain()?;
        let now = self.clock.now();
        let moved = match to {
            Move::Acknowledge => order.acknowledge(now)?,
            Move::To(status) => order.set_status(status, mover.party, now)?,
        };
        let actor = mover.actor.as_str();
        let mut lines = Vec::new();
        if let Some(change) = &moved {
            let (from, to) = (change.from, change.to);
            lines.push(Line::new(actor, LogText::Moved { from, to }));
        }
        if message.is_some() {
            lines.push(Line {
                actor,
                text: LogText::Message,
                message,
            });
        }
        if !lines.is_empty() {
            let state = order.state();
            let whose = (&state.network, &state.provider);
            self.log(work, whose, state.id, row.subject_id, lines)
                .await?;
        }
        if let Some(change) = &moved {
            let state = order.state();
            let whose = (&state.network, &state.provider);
            let kind = kind_of_move(mover.party, change.to);
            self.tell_webhooks(work, whose, kind, state.id.as_uuid())
                .await?;
            work.record(outgoing::status_changed(order.state()));
            let state = order.state();
            if let Some(milestone) = milestone(mover.party, change.to) {
                report::reached(work.tx(), state, milestone, now).await?;
            }
            if state.status.is_end() {
                order_answer::count_from(work.tx(), &state.network, state.id, now).await?;
            }
            let change = self.next_change(work, &mover.desk).await?;
            order::update_status(work.tx(), &order, change).await?;
        }
        Ok(order)
    }

    /// The next place in a provider's feed; whoever follows it is woken by the commit. Take it last: it is a lock.
    pub(crate) async fn next_change(
        &self,
        work: &mut Work,
        desk: &Desk,
    ) -> Result<i64, OrdersError> {
        let change = counter::next_change(work.tx(), &desk.network, &desk.provider).await?;
        let (bell, desk) = (self.bell.clone(), desk.clone());
        work.on_commit(move || bell.ring(&desk));
        Ok(change)
    }
}

/// What a move means for what is counted.
fn milestone(by: Party, to: OrderStatus) -> Option<Milestone> {
    match (by, to) {
        (Party::Provider, OrderStatus::Received) => Some(Milestone::Fetched),
        (_, OrderStatus::Delivered) => Some(Milestone::Delivered),
        _ => None,
    }
}

/// Who moves an order.
pub(crate) struct Mover {
    /// Whose feed tells it.
    pub desk: Desk,
    /// How the log names who does it.
    pub actor: String,
    /// As whom.
    pub party: Party,
}

impl Mover {
    /// The provider itself.
    pub(crate) fn provider(desk: &Desk) -> Self {
        Self {
            desk: desk.clone(),
            actor: desk.actor(),
            party: Party::Provider,
        }
    }
}

/// How an order is moved.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Move {
    /// It says that it has it.
    Acknowledge,
    /// It sets the state.
    To(OrderStatus),
}
