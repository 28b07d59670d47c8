//! The consuming side: each message takes effect once, in the handler's transaction; what fails waits or becomes a dead letter.

pub(crate) mod lanes;
mod parked;
mod receive;
pub(crate) mod retries;
mod together;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use service_kit::lifecycle::Readiness;
use tokio::sync::{Notify, watch};
use tracing::Instrument as _;

use crate::{Envelope, Handler, HandlerError, Outbox, RetryPolicy, Work, observe, topic};

/// The reason of `Readiness` that stops consumption: the database is behind the ledger.
pub(crate) const FENCE: &str = "fence";
/// A handler that takes longer is stopped and tried again later; far below the 30 minutes after which a broker loses patience.
const HANDLER_DEADLINE: Duration = Duration::from_mins(5);
/// What is kept of the text of an error.
const ERROR_LENGTH: usize = 500;
/// Between two looks whether a database that was away is back.
const DATABASE_PROBE: Duration = Duration::from_millis(500);

/// One service as a receiver of messages.
pub(crate) struct Consumer {
    pub(crate) service: Arc<str>,
    pub(crate) outbox: Outbox,
    handlers: Vec<(Vec<String>, Arc<dyn Handler>)>,
    policy: RetryPolicy,
    readiness: Readiness,
    /// Whether the own database is out of reach, so that nothing can take effect.
    away: watch::Sender<bool>,
    /// Rung when a waiting message may be due.
    parked: Notify,
    /// Waiting messages that are in a lane already.
    scheduled: Mutex<HashSet<i64>>,
}

impl Consumer {
    pub(crate) fn new(
        service: Arc<str>,
        outbox: Outbox,
        handlers: Vec<Arc<dyn Handler>>,
        policy: RetryPolicy,
        readiness: Readiness,
    ) -> Self {
        Self {
            service,
            outbox,
            handlers: handlers
                .into_iter()
                .map(|handler| (handler.topics(), handler))
                .collect(),
            policy,
            readiness,
            away: watch::Sender::new(false),
            parked: Notify::new(),
            scheduled: Mutex::default(),
        }
    }

    /// Every topic that some handler wants, each once.
    pub(crate) fn topics(&self) -> Vec<String> {
        let mut topics: Vec<String> = self
            .handlers
            .iter()
            .flat_map(|(topics, _)| topics.clone())
            .collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// Waits until messages can take effect: not fenced, and the database answers.
    pub(crate) async fn open(&self) {
        loop {
            self.readiness.wait_for(FENCE).await;
            if self.probe().await {
                return;
            }
            tokio::time::sleep(DATABASE_PROBE).await;
        }
    }

    /// Waits until messages cannot take effect.
    pub(crate) async fn closed(&self) {
        let mut away = self.away.subscribe();
        tokio::select! {
            () = self.readiness.wait_held(FENCE) => {}
            // The sender lives in `self`, so the channel cannot close while we wait.
            _ = away.wait_for(|away| *away) => {}
        }
    }

    async fn probe(&self) -> bool {
        if !*self.away.borrow() {
            return true;
        }
        let answers = match self.outbox.begin().await {
            Ok(work) => work.rollback().await.is_ok(),
            Err(_) => false,
        };
        if answers {
            self.database_answers();
        }
        answers
    }

    fn database_away(&self, error: &sea_orm::DbErr) {
        if !self.away.send_replace(true) {
            tracing::warn!(service = %self.service, %error, "the database is out of reach, no message is taken");
        }
    }

    fn database_answers(&self) {
        if self.away.send_replace(false) {
            tracing::info!(service = %self.service, "the database is back, messages are taken again");
        }
    }

    /// Calls every handler that wants the event, in one transaction.
    async fn apply(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let span = observe::process_span(&self.service, envelope);
        async {
            for handler in self.handlers_of(envelope) {
                call(handler.as_ref(), work, envelope).await?;
            }
            Ok(())
        }
        .instrument(span)
        .await
    }

    fn handlers_of(&self, envelope: &Envelope) -> impl Iterator<Item = &Arc<dyn Handler>> {
        let wants = |topics: &[String]| {
            topics
                .iter()
                .any(|pattern| topic::matches(pattern, &envelope.event_type))
        };
        self.handlers
            .iter()
            .filter(move |(topics, _)| wants(topics))
            .map(|(_, handler)| handler)
    }

    /// True for the first who schedules the row.
    fn schedule(&self, seq: i64) -> bool {
        self.scheduled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(seq)
    }

    fn unschedule(&self, seq: i64) {
        self.scheduled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&seq);
    }
}

async fn call(
    handler: &dyn Handler,
    work: &mut Work,
    envelope: &Envelope,
) -> Result<(), HandlerError> {
    let handled = AssertUnwindSafe(handler.handle(work, envelope)).catch_unwind();
    match tokio::time::timeout(HANDLER_DEADLINE, handled).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(HandlerError::Retry(anyhow::anyhow!("the handler panicked"))),
        Err(_) => Err(HandlerError::Retry(anyhow::anyhow!(
            "the handler took longer than {HANDLER_DEADLINE:?}"
        ))),
    }
}

/// The whole chain of an error, cut to what is stored.
fn error_text(error: &anyhow::Error) -> String {
    let text = format!("{error:#}").replace('\0', " ");
    text.chars().take(ERROR_LENGTH).collect()
}
