//! How long technical events are kept, and from when on what was said of them counts: who asks for what is not kept any more,
//! or was lost in a restore, is told to begin anew and never skips anything silently (decisions.md 9).

use chrono::{DateTime, TimeDelta, Utc};
use privacy::Epoch;

use super::events::EventsAsked;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::store::technical_event;

/// Events in one transaction: nobody waits for long.
const PURGE_PAGE: u64 = 1_000;

impl Orders {
    /// One turn, in pages until nothing is due; says how many were deleted. Several instances may do it at once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_technical_events(&self) -> Result<u64, OrdersError> {
        let mut purged = 0;
        loop {
            let work = self.outbox.begin().await?;
            let before = self.technical_events_since();
            let page = technical_event::purge(work.tx(), before, PURGE_PAGE).await?;
            work.commit().await?;
            purged += page;
            if page < PURGE_PAGE {
                return Ok(purged);
            }
        }
    }

    /// Compares every provider's events with their mark: at start, before the first are told.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn resume_technical_feeds(&self) -> Result<(), OrdersError> {
        let reader = self.outbox.database().reader();
        for (network, provider, last) in technical_event::feeds(&reader).await? {
            let name = mark(&network, &provider);
            self.privacy.resume(&name, last).await?;
        }
        Ok(())
    }

    /// Events from before this time may be gone.
    fn technical_events_since(&self) -> DateTime<Utc> {
        self.clock.now() - TimeDelta::days(self.settings.technical_events_days.into())
    }

    /// How far this provider's events had come when somebody was last told, and the epoch. Read it before the database.
    pub(super) async fn technical_mark(&self, desk: &Desk) -> Result<(i64, Epoch), OrdersError> {
        Ok(self.privacy.mark(&mark_of(desk)).await?)
    }

    /// Refuses a time of which not everything can be told any more.
    pub(super) fn check_since(&self, asked: &EventsAsked, epoch: Epoch) -> Result<(), OrdersError> {
        let Some(since) = asked.since else {
            return Ok(());
        };
        let is_lost = epoch.began_at.is_some_and(|began_at| since < began_at);
        if is_lost || since < self.technical_events_since() {
            return Err(OrdersError::CursorExpired);
        }
        Ok(())
    }

    /// Begins a new epoch when the database has fewer events than somebody has been told of: it was put back. Who begins
    /// anew is told in the epoch of now.
    pub(super) async fn check_technical_feed(
        &self,
        desk: &Desk,
        asked: &EventsAsked,
        (marked, epoch): (i64, Epoch),
        last: i64,
    ) -> Result<Epoch, OrdersError> {
        if last >= marked {
            return Ok(epoch);
        }
        self.privacy.resume(&mark_of(desk), last).await?;
        if asked.since.is_some() || asked.after.is_some() {
            return Err(OrdersError::CursorExpired);
        }
        Ok(self.technical_mark(desk).await?.1)
    }

    /// Notes outside this database what is told now, and that it was not put back meanwhile.
    pub(super) async fn note_technical(
        &self,
        desk: &Desk,
        epoch: Epoch,
        told: Option<i64>,
    ) -> Result<(), OrdersError> {
        let name = mark_of(desk);
        if let Some(position) = told {
            self.privacy.advance(&name, position).await?;
        }
        if self.privacy.epoch(&name).await? != epoch.number {
            return Err(OrdersError::CursorExpired);
        }
        Ok(())
    }
}

fn mark_of(desk: &Desk) -> String {
    mark(desk.network.as_str(), desk.provider.as_str())
}

fn mark(network: &str, provider: &str) -> String {
    format!("technical:{network}:{provider}")
}
