//! A message that has waited in the inbox.

use sea_orm::DbErr;

use super::{Consumer, error_text};
use crate::store::dead_letter::{self, Burial};
use crate::store::parked::{self, Attempt, Head};
use crate::{HandlerError, due, observe};

impl Consumer {
    /// Tries the message once more. Whatever goes wrong with the database, the row still waits.
    pub(super) async fn take_parked(&self, head: &Head) {
        match self.try_again(head).await {
            Ok(Some(effect)) => {
                observe::received(&self.service, effect);
                self.parked.notify_one();
            }
            Ok(None) => {}
            Err(error) => self.database_away(&error),
        }
        self.unschedule(head.seq);
    }

    async fn try_again(&self, head: &Head) -> Result<Option<&'static str>, DbErr> {
        let Some(attempt) = self.count_attempt(head).await? else {
            return Ok(None);
        };
        if attempt.attempts > self.policy.attempts {
            // Only a process that died in the handler leaves a message that was counted and not judged.
            return self
                .give_up(
                    head,
                    &attempt,
                    "exhausted",
                    "the process ended during the last attempt",
                )
                .await;
        }
        let mut work = self.outbox.begin_handling(&attempt.envelope).await?;
        if !parked::claim(work.tx(), head.seq).await? {
            work.rollback().await?;
            return Ok(None);
        }
        let error = match self.apply(&mut work, &attempt.envelope).await {
            Ok(()) => match work.commit().await {
                Ok(()) => {
                    fail::fail_point!("consumer.after_commit");
                    observe::took_effect(&self.service, attempt.envelope.occurred_at);
                    return Ok(Some("handled"));
                }
                Err(error) => HandlerError::from(error),
            },
            Err(error) => {
                work.rollback().await?;
                error
            }
        };
        self.judge(head, &attempt, &error).await
    }

    async fn count_attempt(&self, head: &Head) -> Result<Option<Attempt>, DbErr> {
        let next_attempt_at = due::after(self.policy.wait(head.attempts + 1));
        let work = self.outbox.begin().await?;
        let attempt = parked::count_attempt(work.tx(), head.seq, next_attempt_at).await?;
        work.commit().await?;
        Ok(attempt)
    }

    async fn judge(
        &self,
        head: &Head,
        attempt: &Attempt,
        error: &HandlerError,
    ) -> Result<Option<&'static str>, DbErr> {
        match error {
            HandlerError::Retry(error) if !self.policy.exhausted(attempt.attempts) => {
                self.wait_again(head, attempt, &error_text(error)).await
            }
            HandlerError::Retry(error) => {
                self.give_up(head, attempt, "exhausted", &error_text(error))
                    .await
            }
            HandlerError::Fail(error) => {
                self.give_up(head, attempt, "failed", &error_text(error))
                    .await
            }
        }
    }

    async fn wait_again(
        &self,
        head: &Head,
        attempt: &Attempt,
        error: &str,
    ) -> Result<Option<&'static str>, DbErr> {
        let work = self.outbox.begin().await?;
        parked::wait_again(work.tx(), head.seq, error).await?;
        work.commit().await?;
        tracing::info!(service = %self.service, message_id = %attempt.envelope.message_id, event_type = attempt.envelope.event_type, attempts = attempt.attempts, error, "message waits for another attempt");
        Ok(Some("parked"))
    }

    async fn give_up(
        &self,
        head: &Head,
        attempt: &Attempt,
        reason: &'static str,
        error: &str,
    ) -> Result<Option<&'static str>, DbErr> {
        let work = self.outbox.begin().await?;
        if !parked::fail(work.tx(), head.seq).await? {
            work.rollback().await?;
            return Ok(None);
        }
        let burial = Burial {
            reason,
            error,
            attempts: attempt.attempts,
            first_received_at: attempt.received_at,
        };
        dead_letter::insert(work.tx(), &self.service, attempt.envelope.clone(), burial).await?;
        work.commit().await?;
        self.mourn(&attempt.envelope, reason, error);
        Ok(Some("dead_letter"))
    }
}
