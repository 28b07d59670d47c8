//! The relay: takes rows of the outbox to the transport. One per service, elected; no transaction is open while it waits.

pub(crate) mod bell;
mod flight;
mod mark;
pub(crate) mod sweep;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use sea_orm::DbErr;
use service_kit::database::Database;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::lease::Lease;
use crate::store::outbox;
use crate::transport::Publisher;
use bell::Bell;
use flight::{Flight, Landed};

/// The limits of delivery.
#[derive(Clone, Copy, Debug)]
pub struct RelaySettings {
    /// Messages that are published and not yet confirmed, at most: beyond it a broker buffers without limit.
    pub window: usize,
    /// How often the outbox is looked at when nobody rings.
    pub poll: Duration,
    /// A publication without an answer for this long has failed.
    pub publish_deadline: Duration,
    /// A relay that is silent for this long is replaced. `None`: 2 s on SQLite (one process), 6 s on PostgreSQL.
    pub lease: Option<Duration>,
    /// First wait after a publication in vain; it doubles up to `longest_wait`.
    pub first_wait: Duration,
    /// See `first_wait`.
    pub longest_wait: Duration,
    /// What is delivered is kept this long.
    pub outbox_retention: Duration,
    /// What was done is remembered this long; longer than any replay or restored backup can reach back.
    pub inbox_retention: Duration,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            window: 256,
            poll: Duration::from_millis(250),
            publish_deadline: Duration::from_secs(10),
            lease: None,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
            outbox_retention: Duration::from_hours(7 * 24),
            inbox_retention: Duration::from_hours(400 * 24),
        }
    }
}

/// Wait after the database failed.
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Relay {
    pub(crate) service: Arc<str>,
    pub(crate) database: Database,
    pub(crate) publisher: Arc<dyn Publisher>,
    pub(crate) wake: Arc<Notify>,
    pub(crate) settings: RelaySettings,
    pub(crate) lease: Lease,
    pub(crate) bell: Bell,
}

impl Relay {
    /// Stands for election, relays while elected, until `shutdown`; what is under way then is waited for.
    pub(crate) async fn run(self, shutdown: CancellationToken) -> Result<(), DbErr> {
        while !shutdown.is_cancelled() {
            match self.elected().await {
                Ok(true) => self.lead(&shutdown).await,
                Ok(false) => {
                    let wait = self.lease.length() / 3;
                    self.bell.ring_for(wait, &self.wake, &shutdown).await;
                }
                Err(error) => self.database_away(&error, &shutdown).await,
            }
        }
        self.lease.release().await
    }

    async fn elected(&self) -> Result<bool, DbErr> {
        if !self.lease.hold().await? {
            return Ok(false);
        }
        tracing::info!(service = %self.service, "elected to relay");
        Ok(true)
    }

    /// Until the election is lost or the process stops.
    async fn lead(&self, shutdown: &CancellationToken) {
        let _listening = self.bell.wake(Arc::clone(&self.wake));
        let mut flight = Flight::default();
        let mut landed: Vec<Landed> = Vec::new();
        let mut renewed = Instant::now();
        let mut leading = true;
        loop {
            leading &= !shutdown.is_cancelled();
            if leading && renewed.elapsed() > self.lease.length() / 3 {
                leading = self.renew(&mut renewed).await;
            }
            if leading && flight.len() <= self.settings.window / 2 {
                self.refill(&mut flight, shutdown).await;
            }
            if flight.is_empty() && landed.is_empty() {
                if !leading {
                    return;
                }
                self.idle(shutdown).await;
                continue;
            }
            self.next_landings(&mut flight, &mut landed, leading, shutdown)
                .await;
            self.settle(&mut landed, &mut flight, shutdown).await;
        }
    }

    /// Renews the lease. An error keeps it until its end, and no longer.
    async fn renew(&self, renewed: &mut Instant) -> bool {
        match self.lease.hold().await {
            Ok(true) => {
                *renewed = Instant::now();
                true
            }
            Ok(false) => {
                tracing::warn!(service = %self.service, "another instance relays now");
                false
            }
            Err(_) => renewed.elapsed() < self.lease.length(),
        }
    }

    async fn refill(&self, flight: &mut Flight, shutdown: &CancellationToken) {
        if !self.publisher.available() {
            return;
        }
        let room = self.settings.window - flight.len();
        match self.due(flight.keys(), room).await {
            Ok(rows) => flight.take_off(rows, &self.publisher),
            Err(error) => self.database_away(&error, shutdown).await,
        }
    }

    async fn due(&self, under_way: Vec<String>, room: usize) -> Result<Vec<outbox::Due>, DbErr> {
        self.publisher.prepare().await?;
        outbox::due(&self.database, &under_way, room).await
    }

    async fn idle(&self, shutdown: &CancellationToken) {
        tokio::select! {
            () = self.wake.notified() => {}
            () = tokio::time::sleep(self.settings.poll.min(self.lease.length() / 3)) => {}
            () = shutdown.cancelled() => {}
        }
    }

    /// Waits for the first landing and takes those that are there with it; or for a reason to refill.
    async fn next_landings(
        &self,
        flight: &mut Flight,
        landed: &mut Vec<Landed>,
        leading: bool,
        shutdown: &CancellationToken,
    ) {
        let room = leading && flight.len() <= self.settings.window / 2;
        tokio::select! {
            Some(first) = flight.next() => {
                landed.extend(flight.go_on(first, &self.publisher, leading));
                while let Some(Some(next)) = flight.next().now_or_never() {
                    landed.extend(flight.go_on(next, &self.publisher, leading));
                }
            }
            () = self.wake.notified(), if room => {}
            () = tokio::time::sleep(self.settings.poll) => {}
            () = shutdown.cancelled(), if leading => {}
        }
    }

    /// Writes down what became of the messages, in one transaction. In vain: they are kept in `landed` for the next time.
    async fn settle(
        &self,
        landed: &mut Vec<Landed>,
        flight: &mut Flight,
        shutdown: &CancellationToken,
    ) {
        if landed.is_empty() {
            return;
        }
        match self.mark(landed).await {
            Ok(()) => {
                flight.forget(landed);
                landed.clear();
            }
            Err(error) if shutdown.is_cancelled() => {
                tracing::warn!(service = %self.service, %error, messages = landed.len(), "delivered messages could not be marked, they will be sent again");
                flight.forget(landed);
                landed.clear();
            }
            Err(error) => self.database_away(&error, shutdown).await,
        }
    }

    async fn database_away(&self, error: &DbErr, shutdown: &CancellationToken) {
        tracing::warn!(service = %self.service, %error, "the relay cannot reach its database");
        pause(DATABASE_PAUSE, shutdown).await;
    }
}

async fn pause(wait: Duration, shutdown: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = shutdown.cancelled() => {}
    }
}

/// The name of the election.
pub(crate) fn lease_name(service: &str) -> String {
    format!("relay:{service}")
}
