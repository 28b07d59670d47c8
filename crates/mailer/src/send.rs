//! The task that sends what is queued.

use std::{convert::Infallible, sync::Arc, time::Duration};

use privacy::{OpenItem, SubjectId};
use service_kit::{config::MailConfig, lifecycle::Lifecycle};
use tokio::{sync::Semaphore, task::JoinSet};
use uuid::Uuid;

use crate::{
    MAIL_TABLE, MailError, MailQueue, MailRetry, claim, outcome::Outcome, smtp::Smtp, store::Model,
    template::Text,
};

/// Conversations with the server at once: a relay that is shared with others is not to be flooded.
const AT_ONCE: usize = 8;

/// A look without being woken: retries come due, other instances queue.
const POLL: Duration = Duration::from_millis(500);

/// After the database failed, wait a little longer.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// How often old rows are removed.
const FORGET: Duration = Duration::from_hours(1);

/// Sends the mails of one service. Any number of instances may run.
#[derive(Clone, Debug)]
pub struct Mailer {
    queue: MailQueue,
    smtp: Smtp,
    retry: MailRetry,
    owner: Uuid,
    at_once: Arc<Semaphore>,
}

impl Mailer {
    /// A mailer for a queue.
    ///
    /// # Errors
    /// An SMTP URL or a sender that cannot be read.
    #[expect(clippy::disallowed_methods, reason = "a sender is nobody but itself")]
    pub fn new(config: &MailConfig, queue: MailQueue) -> Result<Self, MailError> {
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self {
            queue,
            smtp: Smtp::new(config)?,
            retry: MailRetry::default(),
            owner: Uuid::new_v4(),
            at_once,
        })
    }

    /// The same mailer with another patience.
    #[must_use]
    pub fn with_retry(self, retry: MailRetry) -> Self {
        Self { retry, ..self }
    }

    /// Sends from now on until the process stops. While the service is behind its fence nothing is sent.
    pub fn start(self, lifecycle: &Lifecycle) {
        let of = lifecycle.clone();
        lifecycle.spawn("mailer", async move {
            self.run(of).await;
            Ok::<_, Infallible>(())
        });
    }

    async fn run(self, lifecycle: Lifecycle) {
        let mut forgotten = tokio::time::Instant::now();
        while !lifecycle.shutdown.is_cancelled() {
            let wait = if lifecycle.readiness.is_held(privacy::FENCE) {
                POLL
            } else {
                self.round().await
            };
            if forgotten.elapsed() > FORGET {
                forgotten = tokio::time::Instant::now();
                log_failure(claim::forget_finished(&self.queue.database).await);
            }
            tokio::select! {
                () = lifecycle.shutdown.cancelled() => {}
                () = self.queue.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look at the queue; answers how long to wait for the next.
    async fn round(&self) -> Duration {
        match self.deliver_due().await {
            Ok(0) => POLL,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "mails wait: the queue cannot be read"
                );
                AFTER_FAILURE
            }
        }
    }

    /// Makes one attempt for each of a few mails that are due; answers how many. The task does this by itself.
    ///
    /// # Errors
    /// When the database fails; what was claimed comes back when its lease ends.
    pub async fn deliver_due(&self) -> Result<usize, MailError> {
        let rows = claim::claim(&self.queue.database, self.owner, AT_ONCE as u64).await?;
        let claimed = rows.len();
        let mut attempts = JoinSet::new();
        for row in rows {
            let mailer = self.clone();
            attempts.spawn(async move { mailer.attempt(row).await });
        }
        while let Some(attempt) = attempts.join_next().await {
            match attempt {
                Ok(attempted) => attempted?,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            }
        }
        Ok(claimed)
    }

    async fn attempt(self, row: Model) -> Result<(), MailError> {
        let _permit = self
            .at_once
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let outcome = match self.open(&row).await? {
            Some((to, text)) => self.smtp.send(row.id, &to, &row.language, text).await,
            None => Outcome::Gone,
        };
        metrics::counter!("uttag_mail_attempts_total", "outcome" => outcome.label()).increment(1);
        if let Outcome::Later(class) | Outcome::Never(class) = &outcome {
            tracing::warn!(mail.id = %row.id, mail.template = row.template, outcome = outcome.label(), class, "mail not sent");
        }
        Ok(claim::settle(
            &self.queue.database,
            self.owner,
            &row,
            &outcome,
            &self.retry,
        )
        .await?)
    }

    /// Address and text of a row; nothing when the person is erased or restricted.
    async fn open(&self, row: &Model) -> Result<Option<(String, Text)>, MailError> {
        let opened = match row.subject_id {
            None => row
                .function_recipient
                .clone()
                .zip(row.function_content.clone()),
            Some(subject) => self.unseal(SubjectId::from_uuid(subject), row).await?,
        };
        Ok(opened.and_then(|(to, text)| Some((to, serde_json::from_str(&text).ok()?))))
    }

    async fn unseal(
        &self,
        subject: SubjectId,
        row: &Model,
    ) -> Result<Option<(String, String)>, MailError> {
        let (Some(recipient), Some(content)) = (&row.recipient, &row.content) else {
            return Ok(None);
        };
        let item = |column, sealed| OpenItem {
            subject,
            table: MAIL_TABLE.name,
            column,
            row_id: row.id,
            sealed,
        };
        let items = [
            item("recipient", recipient.as_slice()),
            item("content", content.as_slice()),
        ];
        let mut opened = self.queue.privacy.open_many(&items).await?.into_iter();
        Ok(opened.next().flatten().zip(opened.next().flatten()))
    }
}

fn log_failure(result: Result<u64, sea_orm::DbErr>) {
    if let Err(error) = result {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "old mails were not removed"
        );
    }
}
