//! Reminders and removals that are due. One instance does it: the elected one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::Email;
use messaging::lease::Lease;
use service_kit::lifecycle::Lifecycle;

use super::mails::{Ask, REMIND};
use super::{Crm, CrmError};
use crate::domain::consent::Language;
use crate::domain::contact::ContactState;
use crate::domain::schedule::{self, Step};
use crate::store::{confirmation, contact, unreadable};

/// Contacts per look: one transaction each, so that a failing one does not stop the others for long.
const BATCH: u64 = 100;

/// A person whose data is restricted is looked at again after a day: nothing is written to them and nothing is removed.
const RESTRICTED_WAIT: chrono::Duration = chrono::Duration::days(1);

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Reminders queued.
    pub reminded: u32,
    /// Contacts removed.
    pub removed: u32,
}

/// The task.
#[derive(Debug)]
pub struct Sweeper {
    crm: Arc<Crm>,
    lease: Lease,
    interval: Duration,
}

impl Sweeper {
    /// A candidate for the election.
    pub fn new(crm: Arc<Crm>, lease: Lease, interval: Duration) -> Self {
        Self {
            crm,
            lease,
            interval,
        }
    }

    /// Sweeps from now on until the process stops. While the service is behind its fence nothing is done.
    pub fn start(self, lifecycle: &Lifecycle) {
        let shutdown = lifecycle.shutdown.clone();
        lifecycle.spawn("sweeper", async move {
            while shutdown
                .run_until_cancelled(tokio::time::sleep(self.interval))
                .await
                .is_some()
            {
                if let Err(error) = self.turn().await {
                    tracing::warn!(
                        error.chain = service_kit::error::chain(&error),
                        "the sweep failed and will be tried again"
                    );
                }
            }
            if let Err(error) = self.lease.release().await {
                tracing::debug!(
                    error.chain = service_kit::error::chain(&error),
                    "the lease ends by itself"
                );
            }
            Ok::<_, Infallible>(())
        });
    }

    async fn turn(&self) -> Result<(), CrmError> {
        if self.crm.lifecycle.readiness.is_held(privacy::FENCE) || !self.lease.hold().await? {
            return Ok(());
        }
        let swept = self.crm.sweep().await?;
        if swept != Swept::default() {
            tracing::info!(
                reminded = swept.reminded,
                removed = swept.removed,
                "swept the quarantine"
            );
        }
        Ok(())
    }
}

impl Crm {
    /// Does what is due now, by the clock of the service.
    pub async fn sweep(&self) -> Result<Swept, CrmError> {
        let now = self.clock.now();
        let mut swept = Swept::default();
        let due = contact::due(&self.outbox.database().reader(), now, BATCH).await?;
        for row in due {
            match self.step(&row, now).await? {
                Step::Remind { .. } => swept.reminded += 1,
                Step::Remove => swept.removed += 1,
                Step::Wait => {}
            }
        }
        let work = self.outbox.begin().await?;
        confirmation::delete_expired(work.tx(), now).await?;
        work.commit().await?;
        Ok(swept)
    }

    /// Does one contact's step in a transaction of its own; answers what was done.
    async fn step(&self, seen: &contact::Model, now: DateTime<Utc>) -> Result<Step, CrmError> {
        let network = seen.network()?;
        let mut work = self.outbox.begin().await?;
        let row = contact::lock(work.tx(), &network, seen.contact_id()).await?;
        let Some(row) = row.filter(|row| row.state == ContactState::Quarantined.as_str()) else {
            return Ok(Step::Wait);
        };
        let Some(person) = self.person(&row).await? else {
            contact::set_next_step(work.tx(), &row, row.reminders, now + RESTRICTED_WAIT).await?;
            work.commit().await?;
            return Ok(Step::Wait);
        };
        let sent = usize::try_from(row.reminders).unwrap_or_default();
        let step = schedule::due(row.created_at, sent, now);
        match step {
            Step::Wait => {
                contact::set_next_step(
                    work.tx(),
                    &row,
                    row.reminders,
                    schedule::next(row.created_at, sent),
                )
                .await?;
                work.commit().await?;
            }
            Step::Remove => self.remove(work, &network, &row).await?,
            Step::Remind {
                reminders,
                days_left,
            } => {
                let ask = Ask {
                    network: &network,
                    subject: row.subject(),
                    contact: row.contact_id(),
                    entered_at: row.created_at,
                    language: Language::parse(&row.language).map_err(|_| unreadable("language"))?,
                    name: &person.name,
                    email: Email::parse(&person.email).map_err(|_| unreadable("email"))?,
                    template: REMIND,
                    days_left,
                };
                self.ask(&mut work, ask).await?;
                let counted = i32::try_from(reminders).unwrap_or(i32::MAX);
                contact::set_next_step(
                    work.tx(),
                    &row,
                    counted,
                    schedule::next(row.created_at, reminders),
                )
                .await?;
                work.commit().await?;
            }
        }
        Ok(step)
    }
}
