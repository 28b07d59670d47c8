//! Writing down what became of messages that were published.

use std::time::Duration;

use sea_orm::{DatabaseTransaction, DbErr};

use super::flight::Landed;
use super::{Relay, RelaySettings};
use crate::store::outbox;
use crate::transport::Undelivered;
use crate::{due, observe};

impl Relay {
    /// All of it, or nothing. What was not tried, or when the broker went away, is due as before.
    pub(super) async fn mark(&self, landed: &[Landed]) -> Result<(), DbErr> {
        let delivered: Vec<_> = landed
            .iter()
            .filter(|one| one.outcome == Some(Ok(())))
            .map(|one| one.row.seq)
            .collect();
        if delivered.len() == landed.len() {
            outbox::mark_delivered_alone(&self.database, &delivered).await?;
        } else {
            let tx = self.database.begin().await?;
            outbox::mark_delivered(&tx, &delivered).await?;
            self.postpone_failed(&tx, landed).await?;
            tx.commit().await?;
        }
        landed
            .iter()
            .filter_map(|one| one.outcome)
            .for_each(|outcome| observe::published(&self.service, outcome));
        Ok(())
    }

    async fn postpone_failed(
        &self,
        tx: &DatabaseTransaction,
        landed: &[Landed],
    ) -> Result<(), DbErr> {
        for one in landed {
            if let Some(Err(reason)) = one.outcome
                && reason != Undelivered::Disconnected
            {
                self.postpone(tx, one, reason).await?;
            }
        }
        Ok(())
    }

    async fn postpone(
        &self,
        tx: &DatabaseTransaction,
        one: &Landed,
        reason: Undelivered,
    ) -> Result<(), DbErr> {
        let state = if reason == Undelivered::Unroutable {
            outbox::UNROUTABLE
        } else {
            outbox::PENDING
        };
        if one.row.attempts == 0 {
            tracing::warn!(service = %self.service, message_id = %one.row.envelope.message_id, event_type = one.row.envelope.event_type, reason = reason.label(), "message stays in the outbox");
        }
        outbox::postpone(
            tx,
            one.row.seq,
            state,
            reason.label(),
            due::after(self.wait(one.row.attempts)),
        )
        .await
    }

    fn wait(&self, failures: u32) -> Duration {
        let RelaySettings {
            first_wait,
            longest_wait,
            ..
        } = self.settings;
        first_wait / 2 + due::full_jitter(first_wait, longest_wait, failures)
    }
}
