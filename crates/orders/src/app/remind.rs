//! Providers are reminded of orders that they have not received; in the end the network is told.
//!
//! Each step is one transaction under the order's lock: the mail, the line of the log and the time of the next step stand
//! together or not at all, so that of several instances one does it, and a crash loses or doubles nothing.

use kernel::{Email, NetworkCode};
use mailer::{Mail, MailQueue};
use messaging::Work;
use serde_json::{Value, json};

use super::Orders;
use super::error::OrdersError;
use super::journal::Line;
use super::mails::{PROVIDER_LANGUAGE, order_context, to_provider};
use super::place_order::MAILER;
use crate::domain::OrderId;
use crate::domain::catalogue::Provider;
use crate::domain::log_text::LogText;
use crate::domain::order::Order;
use crate::domain::reminder::{ReminderRules, Step};
use crate::domain::swedish_time;
use crate::store::{order, provider, reminder};

/// Orders of one network in one turn; the rest is for the next.
const DUE_MAX: u64 = 100;

/// How long an order whose customer has been erased is not looked at again.
const ERASED_WAIT: chrono::Duration = chrono::Duration::days(30);

/// What a step works with.
struct Waiting {
    order: Order,
    provider: Provider,
    controller: String,
}

impl Orders {
    /// One turn: one step of every order that is due. A service without mail reminds nobody, and marks no order.
    ///
    /// # Errors
    /// The database fails; the next turn goes on.
    pub async fn remind_due(&self) -> Result<(), OrdersError> {
        let Some(queue) = &self.mail else {
            return Ok(());
        };
        let (reader, now) = (self.outbox.database().reader(), self.clock.now());
        let mut failed = None;
        for network in reminder::networks_due(&reader, now).await? {
            let network =
                NetworkCode::parse(&network).map_err(crate::store::unreadable("network"))?;
            for id in reminder::due_in(&reader, &network, now, DUE_MAX).await? {
                // One that cannot be done now does not keep the others waiting.
                let done = self.remind_about(queue, &network, id).await;
                failed = failed.or(done.err());
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn remind_about(
        &self,
        queue: &MailQueue,
        network: &NetworkCode,
        id: OrderId,
    ) -> Result<(), OrdersError> {
        let (mut work, now) = (self.outbox.begin().await?, self.clock.now());
        // Received, ended or seen to by another instance meanwhile.
        let row = order::lock(work.tx(), network, id).await?;
        let Some(mut row) = row.filter(|row| reminder::is_due(row, now)) else {
            return Ok(work.rollback().await?);
        };
        let rules = self.reminder_rules(network);
        let due = row
            .remind_at
            .unwrap_or_else(|| rules.first_due(row.placed_at));
        if row.is_erased() {
            // Nobody waits for it any more.
            row.remind_at = Some(now + ERASED_WAIT);
        } else if due > now {
            // Seen for the first time: its time is set.
            row.remind_at = Some(due);
        } else {
            self.take_step(&mut work, queue, rules, &mut row).await?;
        }
        reminder::update(work.tx(), &row).await?;
        Ok(work.commit().await?)
    }

    async fn take_step(
        &self,
        work: &mut Work,
        queue: &MailQueue,
        rules: &ReminderRules,
        row: &mut order::Model,
    ) -> Result<(), OrdersError> {
        let now = self.clock.now();
        let waiting = self.waiting(work, row).await?;
        let reminded = u32::try_from(row.reminders).unwrap_or_default();
        let text = match rules.step(reminded) {
            Step::Remind { number } => {
                row.reminders += 1;
                row.remind_at = Some(rules.next_due(now));
                queue
                    .enqueue_in(work, self.reminder(&waiting, number))
                    .await?;
                LogText::Reminded { number }
            }
            Step::Escalate => {
                row.remind_at = None;
                row.escalated_at = Some(now);
                if let Some(to) = rules.escalate_to() {
                    queue
                        .enqueue_in(work, self.escalation(&waiting, to.clone()))
                        .await?;
                }
                LogText::Escalated
            }
        };
        let state = waiting.order.state();
        let line = Line::new(MAILER, text);
        let whose = (&state.network, &state.provider);
        self.log(work, whose, state.id, row.subject_id, vec![line])
            .await
    }

    pub(super) fn reminder_rules(&self, network: &NetworkCode) -> &ReminderRules {
        let own = self.settings.reminders.get(network);
        own.unwrap_or(&self.settings.reminders_usual)
    }

    async fn waiting(&self, work: &Work, row: &order::Model) -> Result<Waiting, OrdersError> {
        let order = row.to_domain()?;
        let state = order.state();
        let provider = provider::find(work.tx(), &state.network, &state.provider).await?;
        Ok(Waiting {
            provider: provider.ok_or(OrdersError::ProviderNotFound)?,
            controller: self.names.of(work.tx(), &state.network).await?,
            order,
        })
    }

    /// To the provider: as the first mail of the order, without personal data.
    fn reminder(&self, waiting: &Waiting, number: u32) -> Mail {
        let mut context = self.about(waiting, "/sv/".to_owned());
        context["number"] = number.into();
        let network = &waiting.order.state().network;
        to_provider(network, &waiting.provider, "reminder_provider", context)
    }

    /// To the network's function address: which order, whose, and where to see to it.
    fn escalation(&self, waiting: &Waiting, to: Email) -> Mail {
        let state = waiting.order.state();
        let mut context = self.about(waiting, format!("/sv/staff/orders/{}", state.id));
        context["reminders"] = state.reminders.into();
        let list = "/sv/staff/orders?unfetched=2";
        context["list"] = format!("{}{list}", self.public_url).into();
        Mail {
            network: state.network.clone(),
            subject: None,
            to,
            template: "escalation_network",
            language: PROVIDER_LANGUAGE.to_owned(),
            context,
        }
    }

    fn about(&self, waiting: &Waiting, path: String) -> Value {
        let Waiting {
            order,
            provider,
            controller,
        } = waiting;
        let mut context = order_context(order, provider, controller);
        context["placed"] = json!(swedish_time::minute(order.state().placed_at));
        context["link"] = json!(format!("{}{path}", self.public_url));
        context
    }
}
