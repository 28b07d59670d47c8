//! A message that comes from the transport.

use sea_orm::DbErr;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{Consumer, error_text};
use crate::store::dead_letter::{self, Burial};
use crate::store::{inbox, parked};
use crate::{Envelope, HandlerError, due, observe};

impl Consumer {
    /// Sees to it that the message is in the inbox, one way or another, then settles it. While the database is away the
    /// message stays here; when its sender gives up waiting, it is forgotten, for it will be sent again.
    pub(super) async fn take_fresh(
        &self,
        envelope: &Envelope,
        settle: oneshot::Sender<()>,
        shutdown: &CancellationToken,
    ) {
        while !settle.is_closed() {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.open() => {}
            }
            match self.receive(envelope).await {
                Ok(effect) => {
                    self.database_answers();
                    observe::received(&self.service, effect);
                    // A receiver that is gone gets the message again, and finds it in the inbox.
                    let _ = settle.send(());
                    return;
                }
                Err(error) => {
                    self.database_away(&error);
                    tokio::time::sleep(super::DATABASE_PROBE).await;
                }
            }
        }
    }

    /// # Errors
    /// Nothing is known to be in the inbox.
    async fn receive(&self, envelope: &Envelope) -> Result<&'static str, DbErr> {
        if self.handlers_of(envelope).next().is_none() {
            return Ok("ignored");
        }
        let mut work = self.outbox.begin_handling(envelope).await?;
        if !inbox::claim(work.tx(), &self.service, envelope).await? {
            work.rollback().await?;
            return Ok("duplicate");
        }
        if parked::holds_back(work.tx(), &self.service, &envelope.partition_key).await? {
            parked::hold(work.tx(), &self.service, envelope).await?;
            work.commit().await?;
            return Ok("held_back");
        }
        let error = match self.apply(&mut work, envelope).await {
            Ok(()) => match work.commit().await {
                Ok(()) => {
                    fail::fail_point!("consumer.after_commit");
                    observe::took_effect(&self.service, envelope.occurred_at);
                    return Ok("handled");
                }
                Err(error) => HandlerError::from(error),
            },
            Err(error) => {
                work.rollback().await?;
                error
            }
        };
        self.set_aside(envelope, &error).await
    }

    /// After the first failure: the message waits, or is given up.
    async fn set_aside(
        &self,
        envelope: &Envelope,
        error: &HandlerError,
    ) -> Result<&'static str, DbErr> {
        match error {
            HandlerError::Retry(error) if !self.policy.exhausted(1) => {
                self.park(envelope, &error_text(error)).await
            }
            HandlerError::Retry(error) => {
                self.bury(envelope, "exhausted", &error_text(error), 1)
                    .await
            }
            HandlerError::Fail(error) => self.bury(envelope, "failed", &error_text(error), 1).await,
        }
    }

    async fn park(&self, envelope: &Envelope, error: &str) -> Result<&'static str, DbErr> {
        let next_attempt_at = due::after(self.policy.wait(1));
        let entry = inbox::Entry {
            state: inbox::WAITING,
            attempts: 1,
            next_attempt_at,
            error,
        };
        let work = self.outbox.begin().await?;
        inbox::add(work.tx(), &self.service, envelope.clone(), entry).await?;
        work.commit().await?;
        self.parked.notify_one();
        tracing::info!(service = %self.service, message_id = %envelope.message_id, event_type = envelope.event_type, error, "message waits for another attempt");
        Ok("parked")
    }

    /// Gives a message up: a dead letter, once.
    pub(crate) async fn bury(
        &self,
        envelope: &Envelope,
        reason: &'static str,
        error: &str,
        attempts: u32,
    ) -> Result<&'static str, DbErr> {
        let entry = inbox::Entry {
            state: inbox::FAILED,
            attempts,
            next_attempt_at: due::now(),
            error,
        };
        let work = self.outbox.begin().await?;
        let known = !inbox::add(
            work.tx(),
            &self.service,
            crate::store::without_payload(envelope),
            entry,
        )
        .await?;
        if known {
            work.rollback().await?;
            return Ok("duplicate");
        }
        let burial = Burial {
            reason,
            error,
            attempts,
            first_received_at: due::now(),
        };
        dead_letter::insert(work.tx(), &self.service, envelope.clone(), burial).await?;
        work.commit().await?;
        self.mourn(envelope, reason, error);
        Ok("dead_letter")
    }

    pub(super) fn mourn(&self, envelope: &Envelope, reason: &str, error: &str) {
        tracing::error!(service = %self.service, message_id = %envelope.message_id, event_type = envelope.event_type, reason, error, "message became a dead letter");
    }
}
