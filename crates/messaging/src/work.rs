//! The unit of work: rows and events in one transaction.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::{SharedClock, new_id};
use sea_orm::{DatabaseTransaction, DbErr};
use service_kit::database::Database;
use service_kit::telemetry::TraceContext;
use tokio::sync::Notify;
use tracing::Span;
use uuid::Uuid;

use crate::envelope::Audience;
use crate::store::outbox;
use crate::{Envelope, Outgoing};

/// Where a service takes its units of work from.
#[derive(Clone)]
pub struct Outbox {
    database: Database,
    source: Arc<str>,
    clock: SharedClock,
    wake: Arc<Notify>,
}

impl Outbox {
    /// The outbox of the service `source` in its own database.
    pub fn new(database: Database, source: &str, clock: SharedClock) -> Self {
        Self {
            database,
            source: source.into(),
            clock,
            wake: Arc::new(Notify::new()),
        }
    }

    /// Begins a unit of work. Nothing of it exists until [`Work::commit`].
    pub async fn begin(&self) -> Result<Work, DbErr> {
        let tx = self.database.begin().await?;
        Ok(Work {
            tx,
            outbox: self.clone(),
            cause: None,
            outgoing: Vec::new(),
            after: Mutex::default(),
        })
    }

    /// The database that everything is in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The service that the events come from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Rung whenever there may be something to relay.
    pub(crate) fn wake(&self) -> &Arc<Notify> {
        &self.wake
    }

    pub(crate) async fn begin_handling(&self, envelope: &Envelope) -> Result<Work, DbErr> {
        let mut work = self.begin().await?;
        work.go_on_to(envelope);
        Ok(work)
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The message that is being handled while the work is done.
#[derive(Clone, Copy, Debug)]
struct Cause {
    message_id: Uuid,
    correlation_id: Uuid,
}

/// One transaction: business rows, the command's or message's claim, and the events. Dropped without [`Work::commit`] it never was.
pub struct Work {
    tx: DatabaseTransaction,
    outbox: Outbox,
    cause: Option<Cause>,
    outgoing: Vec<(Envelope, Audience)>,
    /// Behind a mutex that is never contended, so that a `&Work` may be held over an await.
    after: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Work {
    /// The transaction that the rows are changed in.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Records an event; it leaves when the work is committed. Returns its message id.
    ///
    /// The rows are written at the end of the transaction, when the aggregate is locked by its own change: so the events of two
    /// commands on one aggregate are numbered in the order in which the commands took effect.
    pub fn record(&mut self, outgoing: Outgoing) -> Uuid {
        let message_id = new_id(self.outbox.clock.as_ref());
        let audience = outgoing.audience;
        let envelope = Envelope {
            message_id,
            event_type: outgoing.event_type,
            source: self.outbox.source.to_string(),
            partition_key: outgoing.partition_key,
            network: outgoing.network,
            occurred_at: self.outbox.clock.now(),
            trace: TraceContext::current(),
            correlation_id: self.cause.map_or(message_id, |cause| cause.correlation_id),
            causation_id: self.cause.map(|cause| cause.message_id),
            payload: outgoing.payload,
        };
        self.outgoing.push((envelope, audience));
        message_id
    }

    /// What is recorded from here on is a consequence of this message.
    pub(crate) fn go_on_to(&mut self, envelope: &Envelope) {
        self.cause = Some(Cause {
            message_id: envelope.message_id,
            correlation_id: envelope.correlation_id,
        });
    }

    /// Runs when the work is committed, and not otherwise: wake a task, drop a cache entry. It must not block. It runs in
    /// the span that is current now: what follows a commit belongs to the trace that asked for it.
    pub fn on_commit(&mut self, then: impl FnOnce() + Send + 'static) {
        let span = Span::current();
        self.after
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(move || span.in_scope(then)));
    }

    /// Makes it all true at once, and wakes the relay.
    ///
    /// # Errors
    /// Nothing of the work happened; or, when the connection broke during the commit, it is not known whether it did.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self {
            tx,
            outbox,
            outgoing,
            after,
            ..
        } = self;
        let recorded = !outgoing.is_empty();
        outbox::insert(&tx, outgoing).await?;
        fail::fail_point!("outbox.before_commit");
        tx.commit().await?;
        for then in after.into_inner().unwrap_or_else(PoisonError::into_inner) {
            then();
        }
        if recorded {
            outbox.wake.notify_one();
        }
        Ok(())
    }

    /// Takes it all back, and waits until it is.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work")
            .field("outbox", &self.outbox)
            .field("recorded", &self.outgoing.len())
            .finish_non_exhaustive()
    }
}
