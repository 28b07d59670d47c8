//! Which provider was shown where: counted in memory while offers are read, written in one statement every few seconds, and
//! reported to staff.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId};

use super::Orders;
use super::error::OrdersError;
use crate::domain::catalogue::neutral::{Evenness, Turns, evenness};
use crate::store::offer_showing::{self, Key};

/// Rows of one statement: below the parameters that a statement may have.
const ROWS_MAX: usize = 1_000;
/// Days of a report.
const REPORT_DAYS_MAX: i64 = 366;

/// What has been shown and is not written yet, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Showings {
    turns: Mutex<Turns>,
    waiting: Mutex<BTreeMap<Key, u64>>,
}

impl Showings {
    /// Nothing yet.
    pub fn starting_at(start: u64) -> Self {
        Self {
            turns: Mutex::new(Turns::starting_at(start)),
            waiting: Mutex::default(),
        }
    }

    /// The providers of a page in neutral order.
    pub fn order(
        &self,
        network: &NetworkCode,
        day: NaiveDate,
        providers: Vec<ProviderId>,
    ) -> Vec<ProviderId> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.take(network, day, providers)
    }

    /// That they were shown in this order.
    fn count(&self, network: &NetworkCode, day: NaiveDate, order: &[ProviderId]) {
        let providers = u32::try_from(order.len()).unwrap_or(u32::MAX);
        let keys = (1..).zip(order).map(|(position, provider)| Key {
            network: network.clone(),
            day,
            provider: provider.clone(),
            position,
            providers,
        });
        self.add(keys.map(|key| (key, 1)));
    }

    fn add(&self, counts: impl Iterator<Item = (Key, u64)>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, times) in counts {
            *waiting.entry(key).or_default() += times;
        }
    }

    fn take(&self) -> Vec<(Key, u64)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_iter().collect()
    }
}

impl Orders {
    /// Counts a page. While the service stops nobody writes after it any more: it is written at once.
    ///
    /// # Errors
    /// The service stops and the database fails.
    pub(super) async fn count_showing(
        &self,
        network: &NetworkCode,
        day: NaiveDate,
        order: &[ProviderId],
    ) -> Result<(), OrdersError> {
        self.showings.count(network, day, order);
        if self.lifecycle.shutdown.is_cancelled() {
            self.write_showings().await?;
        }
        Ok(())
    }

    /// Writes what waits. What cannot be written waits on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn write_showings(&self) -> Result<(), OrdersError> {
        let mut counts = self.showings.take();
        while !counts.is_empty() {
            let rest = counts.split_off(counts.len().min(ROWS_MAX));
            if let Err(error) = self.write(&counts).await {
                self.showings.add(counts.into_iter().chain(rest));
                return Err(error);
            }
            counts = rest;
        }
        Ok(())
    }

    async fn write(&self, counts: &[(Key, u64)]) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        offer_showing::add(work.tx(), counts).await?;
        work.commit().await?;
        Ok(())
    }

    /// How evenly the providers of a network were shown from one day to another, both included.
    ///
    /// # Errors
    /// The days are no period, or the database fails.
    pub async fn report_neutrality(
        &self,
        network: &NetworkCode,
        (from, until): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Evenness>, OrdersError> {
        if until < from || (until - from).num_days() >= REPORT_DAYS_MAX {
            let rule = "the first day or later, of a period of at most 366 days";
            return Err(OrdersError::invalid("until", rule));
        }
        // This instance's own counts are in the report; another one's of the last seconds are not.
        self.write_showings().await?;
        let reader = self.outbox.database().reader();
        let shown = offer_showing::between(&reader, network, (from, until)).await?;
        Ok(evenness(&shown))
    }
}
