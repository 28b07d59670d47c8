//! What comes of a call: the order moves, or it is tried again, or somebody is told.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mailer::Mail;
use messaging::Work;
use serde_json::json;
use uuid::Uuid;

use crate::app::error::OrdersError;
use crate::app::journal::{Line, Move, Mover};
use crate::app::mails::{Ending, PROVIDER_LANGUAGE, order_context};
use crate::app::place_order::MAILER;
use crate::app::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::log_text::LogText;
use crate::domain::order::Order;
use crate::domain::provider_system::handover::{HandoverState, Outcome, retry};
use crate::domain::status::{OrderStatus, Party};
use crate::domain::swedish_time;
use crate::store::{handover, order, provider, reminder};

/// Why one is given up that is due only when its time is over. What failed before says more.
pub(super) const DEADLINE: &str = "deadline";

/// What became of a call.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It was made, and came to this; with the HTTP status, if there was an answer.
    Made(Outcome, Option<u16>),
    /// It was not made; not before then.
    Postponed(&'static str, DateTime<Utc>),
}

impl Orders {
    /// For how long a handover is tried.
    pub(super) fn handover_deadline(&self) -> Duration {
        Duration::from_hours(self.settings.provider_systems.deadline_hours)
    }

    /// Stores what a call of this instance came to, unless it has been given to staff meanwhile.
    pub(super) async fn conclude(
        &self,
        desk: &Desk,
        id: Uuid,
        attempt: Attempt,
    ) -> Result<(), OrdersError> {
        let mut work = self.outbox.begin().await?;
        let seen = handover::find(work.tx(), &desk.network, id).await?;
        let Some(seen) = seen else {
            return Ok(work.rollback().await?);
        };
        // The order's lock first, as everywhere.
        order::lock(work.tx(), &desk.network, OrderId::from_uuid(seen.order_id)).await?;
        let row = handover::lock(work.tx(), &desk.network, id).await?;
        let mine = |row: &handover::Model| row.lease_owner == Some(self.systems.owner);
        let Some(mut row) = row.filter(mine) else {
            return Ok(work.rollback().await?);
        };
        match attempt {
            Attempt::Made(outcome, status) => {
                row.last_status = status.map(i32::from);
                self.settle(&mut work, desk, row, outcome).await?;
            }
            Attempt::Postponed(why, until) => {
                row.set(HandoverState::Waiting, self.clock.now());
                row.attempts = row.attempts.saturating_sub(1);
                row.last_failure = Some(why.to_owned());
                row.next_attempt_at = until;
                handover::update(work.tx(), row).await?;
            }
        }
        Ok(work.commit().await?)
    }

    /// There is nothing to hand over any more: the order was received, ended or erased, or the provider takes none.
    pub(super) async fn supersede(
        &self,
        work: &Work,
        mut row: handover::Model,
    ) -> Result<(), OrdersError> {
        count("superseded");
        row.set(HandoverState::Superseded, self.clock.now());
        Ok(handover::update(work.tx(), row).await?)
    }

    /// Moves a handover, and with it the order, as an outcome says.
    pub(super) async fn settle(
        &self,
        work: &mut Work,
        desk: &Desk,
        mut row: handover::Model,
        outcome: Outcome,
    ) -> Result<(), OrdersError> {
        let id = OrderId::from_uuid(row.order_id);
        let order = order::lock(work.tx(), &desk.network, id).await?;
        let Some(order) = order else {
            return self.supersede(work, row).await;
        };
        let before = row.last_failure.take();
        match outcome {
            Outcome::Confirmed(message) => {
                self.confirmed(work, desk, &order, &mut row, &message)
                    .await?;
            }
            Outcome::Rejected(message) => {
                self.rejected(work, desk, &order, &mut row, &message)
                    .await?;
            }
            Outcome::Told => {
                self.over(work, &order, &mut row, HandoverState::Confirmed, "")
                    .await?;
            }
            Outcome::NotTaken(why, wait) => {
                let why_not = before.filter(|_| why == DEADLINE);
                row.last_failure = why_not.or_else(|| Some(why.to_owned()));
                self.not_taken(work, order, &mut row, (why, wait)).await?;
            }
            Outcome::Refused(cause) => {
                row.last_failure = Some("refused".to_owned());
                self.needs_staff(work, order, &mut row, HandoverState::Refused, &cause)
                    .await?;
            }
            Outcome::Uncertain(why, cause) => {
                row.last_failure = Some(why.to_owned());
                self.needs_staff(work, order, &mut row, HandoverState::Uncertain, &cause)
                    .await?;
            }
        }
        Ok(handover::update(work.tx(), row).await?)
    }

    /// The provider has it. An order that has been ended meanwhile stays ended: the provider learns of that as always.
    async fn confirmed(
        &self,
        work: &mut Work,
        desk: &Desk,
        order: &order::Model,
        row: &mut handover::Model,
        message: &str,
    ) -> Result<(), OrdersError> {
        self.over(work, order, row, HandoverState::Confirmed, "")
            .await?;
        let sealed = self.seal_message(order, message).await?;
        self.move_order(
            work,
            &Mover::provider(desk),
            order,
            Move::Acknowledge,
            sealed,
        )
        .await
        .map(drop)
    }

    /// The provider will not deliver: the order is cancelled, and the customer told why, in the provider's words.
    async fn rejected(
        &self,
        work: &mut Work,
        desk: &Desk,
        order: &order::Model,
        row: &mut handover::Model,
        message: &str,
    ) -> Result<(), OrdersError> {
        let domain = order.to_domain()?;
        let state = domain.state();
        let (to, now) = (OrderStatus::Cancelled, self.clock.now());
        let may = state
            .status
            .may_become(to, Party::Provider, state.placed_at, now);
        if may.is_err() {
            // Ended or delivered otherwise: what the provider says is kept, and moves nothing.
            return self
                .over(work, order, row, HandoverState::Rejected, message)
                .await;
        }
        self.over(work, order, row, HandoverState::Rejected, "")
            .await?;
        let sealed = self.seal_message(order, message).await?;
        let moved = self
            .move_order(work, &Mover::provider(desk), order, Move::To(to), sealed)
            .await?;
        let told = (
            self.language_of(work.tx(), order).await?,
            Ending::Provider { reason: message },
        );
        self.mail_ended(work, order, &moved, told).await
    }

    async fn not_taken(
        &self,
        work: &mut Work,
        order: order::Model,
        row: &mut handover::Model,
        (why, wait): (&'static str, u64),
    ) -> Result<(), OrdersError> {
        let (now, deadline) = (self.clock.now(), self.handover_deadline());
        let failures = u32::try_from(row.attempts).unwrap_or_default().max(1);
        let next = retry(deadline).next(failures, row.begun_at, now, rand::random());
        let Some(next) = next else {
            return self
                .needs_staff(work, order, row, HandoverState::GivenUp, "")
                .await;
        };
        count(why);
        let asked = i64::try_from(wait).ok().and_then(TimeDelta::try_seconds);
        let last = row.begun_at + deadline;
        let asked = asked.and_then(|wait| now.checked_add_signed(wait));
        row.set(HandoverState::Waiting, now);
        row.next_attempt_at = next.max(asked.unwrap_or(last)).min(last);
        Ok(())
    }

    /// It is over as far as the provider's system is concerned; the order's log says how.
    async fn over(
        &self,
        work: &Work,
        order: &order::Model,
        row: &mut handover::Model,
        state: HandoverState,
        cause: &str,
    ) -> Result<(), OrdersError> {
        count(state.as_str());
        row.set(state, self.clock.now());
        let domain = order.to_domain()?;
        let known = domain.state();
        // What its system said are the provider's words, which it may read itself.
        let theirs = format!("provider:{}", known.provider);
        let is_theirs = !cause.is_empty() && row.attempts > 0;
        let line = Line {
            actor: if is_theirs { &theirs } else { MAILER },
            text: LogText::HandedOver(state),
            message: self.seal_message(order, cause).await?,
        };
        let whose = (&known.network, &known.provider);
        self.log(work, whose, known.id, order.subject_id, vec![line])
            .await
    }

    /// Somebody must see to it: the order is marked as one that its provider has not fetched, and the network gets a mail. What
    /// the provider's system said stands sealed in the log, for staff and the provider, and not for the customer.
    async fn needs_staff(
        &self,
        work: &mut Work,
        mut order: order::Model,
        row: &mut handover::Model,
        state: HandoverState,
        cause: &str,
    ) -> Result<(), OrdersError> {
        self.over(work, &order, row, state, cause).await?;
        tracing::error!(
            network = row.network,
            provider = row.provider_id,
            handover = %row.id,
            state = state.as_str(),
            failure = row.last_failure,
            "an order was not handed over"
        );
        if order.status == OrderStatus::New.as_str() && order.escalated_at.is_none() {
            order.escalated_at = Some(self.clock.now());
            order.remind_at = None;
            reminder::update(work.tx(), &order).await?;
        }
        let domain = order.to_domain()?;
        self.mail_network(work, &domain, state).await
    }

    async fn mail_network(
        &self,
        work: &mut Work,
        order: &Order,
        handed: HandoverState,
    ) -> Result<(), OrdersError> {
        let state = order.state();
        let to = self.reminder_rules(&state.network).escalate_to();
        let (Some(queue), Some(to)) = (&self.mail, to) else {
            return Ok(());
        };
        let provider = provider::find(work.tx(), &state.network, &state.provider).await?;
        let provider = provider.ok_or(OrdersError::ProviderNotFound)?;
        let controller = self.names.of(work.tx(), &state.network).await?;
        let mut context = order_context(order, &provider, &controller);
        context["placed"] = json!(swedish_time::minute(state.placed_at));
        context["state"] = json!(handed.as_str());
        let path = format!("/sv/staff/orders/{}", state.id);
        context["link"] = json!(format!("{}{path}", self.public_url));
        context["list"] = json!(format!("{}/sv/staff/handovers", self.public_url));
        let mail = Mail {
            network: state.network.clone(),
            subject: None,
            to: to.clone(),
            template: "handover_network",
            language: PROVIDER_LANGUAGE.to_owned(),
            context,
        };
        queue.enqueue_in(work, mail).await?;
        Ok(())
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("orders_handovers_total", "outcome" => outcome).increment(1);
}

pub(super) fn say(result: Result<(), OrdersError>) {
    if let Err(error) = result {
        let error = service_kit::error::chain(&error);
        tracing::warn!(error.chain = error, "calls to providers' systems wait");
    }
}
