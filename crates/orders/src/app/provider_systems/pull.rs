//! Fetches what providers sell: when it is due, and when staff ask for it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{NetworkCode, ProviderId};
use reqwest::header::{HeaderValue, IF_MODIFIED_SINCE, LAST_MODIFIED};
use service_kit::outgoing::CallError;

use super::calling::{self, NO_CREDENTIAL};
use super::conclude::say;
use super::take::PullReport;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::provider_system::Function;
use crate::domain::provider_system::products::Products;
use crate::store::{product_pull, provider, provider_system, unreadable};

/// How many minutes after a fetch that failed the next one is due, at most.
const AFTER_FAILURE_MINUTES: i64 = 10;
/// Characters of a `Last-Modified`; a longer one is none.
const LAST_MODIFIED_MAX_CHARS: usize = 64;

/// What a fetch came to.
enum Fetched {
    /// It is as it was.
    Unchanged,
    /// All that there is, with its `Last-Modified`.
    All(Products, Option<String>),
    /// None; with the HTTP status, if there was an answer.
    Failed(&'static str, Option<u16>),
    /// It was not asked; not before then.
    Postponed(DateTime<Utc>),
}

/// What a try came to: what was taken with its `Last-Modified`, if anything was; or why not, with the HTTP status.
type Taken = Result<Option<(PullReport, Option<String>)>, (&'static str, Option<u16>)>;

impl Orders {
    /// Fetches what is due, again and again until the process stops. A failure is said, and made good by the next turn.
    pub async fn pull_due_products(self: Arc<Self>) {
        let every = Duration::from_millis(self.settings.provider_systems.poll_ms.max(50));
        loop {
            tokio::select! {
                () = self.lifecycle.shutdown.cancelled() => return,
                () = self.systems.pull.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
            if self.lifecycle.readiness.is_ready() {
                say(self.begin_due_pulls().await);
            }
        }
    }

    /// Has a provider's products fetched now.
    ///
    /// # Errors
    /// The provider has no system, or it has no such function; the database fails.
    pub async fn pull_products(
        &self,
        network: &NetworkCode,
        provider: &ProviderId,
    ) -> Result<(), OrdersError> {
        let found = self.product_pull(network, provider).await?;
        let work = self.outbox.begin().await?;
        let row = product_pull::lock(work.tx(), found.id).await?;
        let mut row = row.ok_or(OrdersError::ProviderSystemNotFound)?;
        row.next_at = self.clock.now();
        product_pull::update(work.tx(), row).await?;
        work.commit().await?;
        self.systems.pull.notify_one();
        Ok(())
    }

    /// When a provider's products are fetched, and what came of it.
    ///
    /// # Errors
    /// As of [`Self::pull_products`].
    pub async fn product_pull(
        &self,
        network: &NetworkCode,
        provider: &ProviderId,
    ) -> Result<product_pull::Model, OrdersError> {
        self.provider_system(network, provider).await?;
        let reader = self.outbox.database().reader();
        let found = product_pull::find(&reader, network, provider).await?;
        found.ok_or(OrdersError::ProviderFunctionMissing(
            Function::Products.as_str(),
        ))
    }

    async fn begin_due_pulls(self: &Arc<Self>) -> Result<(), OrdersError> {
        let (reader, now) = (self.outbox.database().reader(), self.clock.now());
        for id in product_pull::due(&reader, now).await? {
            // The rest is for a later turn.
            let Ok(permit) = Arc::clone(&self.systems.pulls).try_acquire_owned() else {
                break;
            };
            let work = self.outbox.begin().await?;
            let is_due = |row: &product_pull::Model| {
                row.next_at <= now && row.lease_until.is_none_or(|until| until <= now)
            };
            let row = product_pull::lock(work.tx(), id).await?;
            let Some(mut row) = row.filter(is_due) else {
                work.rollback().await?;
                continue;
            };
            let (network, provider) = (
                NetworkCode::parse(&row.network).map_err(unreadable("network"))?,
                ProviderId::parse(&row.provider_id).map_err(unreadable("provider_id"))?,
            );
            let system = provider_system::find(work.tx(), &network, &provider).await?;
            let Some(system) = system else {
                product_pull::remove(work.tx(), id).await?;
                work.commit().await?;
                continue;
            };
            let until = now + TimeDelta::from_std(product_pull::LEASE).unwrap_or_default();
            (row.lease_owner, row.lease_until) = (Some(self.systems.owner), Some(until));
            // Who asks for it while it runs is told apart by an earlier time than this.
            row.next_at = until;
            row.tried_at = Some(now);
            product_pull::update(work.tx(), row.clone()).await?;
            work.commit().await?;
            let orders = Arc::clone(self);
            self.lifecycle.tasks.spawn(async move {
                let _one = permit;
                say(orders.pull(&Desk { network, provider }, &system, row).await);
            });
        }
        Ok(())
    }

    async fn pull(
        &self,
        desk: &Desk,
        system: &provider_system::Model,
        row: product_pull::Model,
    ) -> Result<(), OrdersError> {
        let fetched = self.fetch(system, row.last_modified.as_deref()).await?;
        let work = self.outbox.begin().await?;
        let seller = provider::lock(work.tx(), &desk.network, &desk.provider).await?;
        let now_system = provider_system::find(work.tx(), &desk.network, &desk.provider).await?;
        let current = product_pull::lock(work.tx(), row.id).await?;
        let mine = |row: &product_pull::Model| row.lease_owner == Some(self.systems.owner);
        let (Some(mut current), Some(seller)) = (current.filter(mine), seller) else {
            return Ok(work.rollback().await?);
        };
        let asked_again = current.lease_until.filter(|until| current.next_at < *until);
        let asked_again = asked_again.map(|_| current.next_at);
        (current.lease_owner, current.lease_until) = (None, None);
        // Another system meanwhile: what the one before said is nothing any more.
        if now_system.is_some_and(|now| now.version == system.version) {
            let taken = match fetched {
                Fetched::All(products, modified) => {
                    let taken = self.take_products(&work, desk, &seller, products).await?;
                    taken
                        .map(|report| Some((report, modified)))
                        .map_err(|why| (why, Some(200)))
                }
                Fetched::Unchanged => Ok(None),
                Fetched::Failed(why, status) => Err((why, status)),
                Fetched::Postponed(until) => {
                    current.next_at = until;
                    product_pull::update(work.tx(), current).await?;
                    return Ok(work.commit().await?);
                }
            };
            self.note(&mut current, taken)?;
        }
        // What was fetched may be from before the question.
        current.next_at = asked_again.unwrap_or(current.next_at);
        product_pull::update(work.tx(), current).await?;
        Ok(work.commit().await?)
    }

    async fn fetch(
        &self,
        system: &provider_system::Model,
        since: Option<&str>,
    ) -> Result<Fetched, OrdersError> {
        let url = calling::function(system, Function::Products)?;
        let Some(mut headers) = self.call_headers(system) else {
            return Ok(Fetched::Failed(NO_CREDENTIAL, None));
        };
        let asked = since.and_then(|since| HeaderValue::try_from(since).ok());
        let is_conditional = asked.is_some();
        if let Some(since) = asked {
            headers.insert(IF_MODIFIED_SINCE, since);
        }
        let bytes_max = self.settings.provider_systems.products_bytes_max;
        let answer = match self.systems.outgoing.get(&url, headers, bytes_max).await {
            Ok(answer) => answer,
            Err(CallError::Open(until)) => return Ok(Fetched::Postponed(until)),
            Err(error) => return Ok(Fetched::Failed(error.as_str(), None)),
        };
        let status = answer.status.as_u16();
        Ok(match status {
            304 if is_conditional => Fetched::Unchanged,
            200 => match Products::read(&answer.body) {
                Ok(products) => {
                    let modified = answer.headers.get(LAST_MODIFIED);
                    let modified = modified.and_then(|value| value.to_str().ok());
                    let modified = modified.filter(|text| text.len() <= LAST_MODIFIED_MAX_CHARS);
                    Fetched::All(products, modified.map(str::to_owned))
                }
                Err(none) => Fetched::Failed(none.as_str(), Some(status)),
            },
            401 | 403 => Fetched::Failed("credential", Some(status)),
            _ => Fetched::Failed("status", Some(status)),
        })
    }

    /// Notes what a try came to, and when the next one is.
    fn note(&self, row: &mut product_pull::Model, taken: Taken) -> Result<(), OrdersError> {
        let (now, settings) = (self.clock.now(), &self.settings.provider_systems);
        let usual = i64::from(settings.products_every_minutes.max(1));
        let outcome = match taken {
            Ok(taken) => {
                row.last_status = Some(if taken.is_some() { 200 } else { 304 });
                (row.last_failure, row.failing_since, row.told) = (None, None, false);
                row.succeeded_at = Some(now);
                row.next_at = now + jittered(usual);
                let outcome = if taken.is_some() {
                    "taken"
                } else {
                    "unchanged"
                };
                if let Some((report, modified)) = taken {
                    row.taken_at = Some(now);
                    row.last_modified = modified;
                    row.report = serde_json::to_string(&report)
                        .map_err(|error| sea_orm::DbErr::Type(error.to_string()))?;
                }
                outcome
            }
            Err((why, status)) => {
                row.last_status = status.map(i32::from);
                row.last_failure = Some(why.to_owned());
                let since = *row.failing_since.get_or_insert(now);
                row.next_at = now + jittered(usual.min(AFTER_FAILURE_MINUTES));
                let silent = TimeDelta::hours(settings.products_silent_hours.into());
                Self::say_failed(row, why, !row.told && now - since >= silent);
                row.told |= now - since >= silent;
                "failed"
            }
        };
        metrics::counter!("orders_product_pulls_total", "outcome" => outcome).increment(1);
        Ok(())
    }

    fn say_failed(row: &product_pull::Model, why: &str, for_long: bool) {
        let (network, provider) = (&row.network, &row.provider_id);
        if for_long {
            metrics::counter!("orders_products_silent_total").increment(1);
            tracing::error!(network, provider, why, since = ?row.failing_since, "a provider's products have not come for long");
        } else {
            tracing::warn!(network, provider, why, "a provider's products did not come");
        }
    }
}

/// From half of so many minutes to the whole, so that many providers are not asked at once.
fn jittered(minutes: i64) -> TimeDelta {
    let most = TimeDelta::minutes(minutes);
    let part = rand::random_range(500..=1_000);
    most * part / 1_000
}
