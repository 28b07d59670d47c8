//! Sends what is due.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use service_kit::outgoing::CallError;
use uuid::Uuid;

use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::webhook::message::{WebhookMessage, webhook_id};
use crate::domain::webhook::{RETRY, WebhookKind};
use crate::store::webhook_delivery::{DELIVERED, GIVEN_UP, WAITING};
use crate::store::webhook_endpoint::{FAILING, GONE};
use crate::store::{webhook_delivery, webhook_endpoint};

/// Deliveries of one endpoint at once, by one instance.
pub const AT_ONCE_PER_ENDPOINT: usize = 4;
/// Deliveries of all endpoints at once, by one instance.
pub const AT_ONCE: usize = 256;
/// How often what is over is removed.
const SWEEP: TimeDelta = TimeDelta::hours(1);
/// How long a delivery waits whose destination has enough to do.
const BUSY: TimeDelta = TimeDelta::seconds(1);

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    /// The endpoint has it.
    Delivered(u16),
    /// The endpoint is no more: 410.
    Gone,
    /// Not this time.
    Failed(&'static str, Option<u16>),
    /// There was none; not before then.
    Postponed(&'static str, DateTime<Utc>),
}

/// A delivery that this instance is at; dropped when it has ended.
struct UnderWay(Arc<Orders>, Uuid);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let webhooks = &self.0.webhooks;
        let mut all = webhooks
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.1);
            }
        }
        drop(all);
        webhooks.wake.notify_one();
    }
}

impl Orders {
    /// Sends what is due, again and again until the process stops. A failure is said, and made good by the next turn.
    pub async fn deliver_webhooks(self: Arc<Self>) {
        let every = Duration::from_millis(self.settings.webhook_poll_ms.max(50));
        let mut swept: Option<DateTime<Utc>> = None;
        loop {
            tokio::select! {
                () = self.lifecycle.shutdown.cancelled() => return,
                () = self.webhooks.wake.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
            // Behind the ledger nothing is told.
            if !self.lifecycle.readiness.is_ready() {
                continue;
            }
            let now = self.clock.now();
            if swept.is_none_or(|at| now - at >= SWEEP) {
                swept = Some(now);
                say(self.forget_webhook_deliveries().await);
            }
            say(self.deliver_due_webhooks().await);
        }
    }

    /// One turn: a few deliveries of each endpoint begin, however long those of others take.
    async fn deliver_due_webhooks(self: &Arc<Self>) -> Result<(), OrdersError> {
        let reader = self.outbox.database().reader();
        for endpoint in webhook_delivery::endpoints_due(&reader, self.clock.now()).await? {
            let free = self.free_for(endpoint);
            if free == 0 {
                continue;
            }
            let work = self.outbox.begin().await?;
            let Some(found) = webhook_endpoint::of_id(work.tx(), endpoint).await? else {
                // An event that happened while the endpoint was removed.
                webhook_delivery::remove_of(work.tx(), endpoint).await?;
                work.commit().await?;
                continue;
            };
            let (owner, now) = (self.webhooks.owner, self.clock.now());
            let rows =
                webhook_delivery::claim(work.tx(), endpoint, owner, now, free as u64).await?;
            work.commit().await?;
            for row in rows {
                let under_way = self.begin(endpoint);
                let (orders, endpoint) = (Arc::clone(self), found.clone());
                self.lifecycle.tasks.spawn(async move {
                    say(orders.attempt(&endpoint, row).await);
                    drop(under_way);
                });
            }
        }
        Ok(())
    }

    fn free_for(&self, endpoint: Uuid) -> usize {
        let all = &self.webhooks.under_way;
        let all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let of_all = AT_ONCE.saturating_sub(all.values().sum());
        let of_it = AT_ONCE_PER_ENDPOINT.saturating_sub(*all.get(&endpoint).unwrap_or(&0));
        of_it.min(of_all)
    }

    fn begin(self: &Arc<Self>, endpoint: Uuid) -> UnderWay {
        let all = &self.webhooks.under_way;
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        *all.entry(endpoint).or_default() += 1;
        UnderWay(Arc::clone(self), endpoint)
    }

    async fn attempt(
        &self,
        endpoint: &webhook_endpoint::Model,
        row: webhook_delivery::Model,
    ) -> Result<(), OrdersError> {
        let attempt = self.send(endpoint, &row).await;
        let outcome = match attempt {
            Attempt::Delivered(_) => "delivered",
            Attempt::Gone => GONE,
            Attempt::Failed(why, _) | Attempt::Postponed(why, _) => why,
        };
        metrics::counter!("orders_webhook_attempts_total", "outcome" => outcome).increment(1);
        let (row, disable) = concluded(row, attempt, self.clock.now(), rand::random());
        let work = self.outbox.begin().await?;
        if !webhook_delivery::settle(work.tx(), self.webhooks.owner, row).await? {
            return Ok(work.rollback().await?);
        }
        let mut disabled = false;
        if let Some(reason) = disable {
            let now = self.clock.now();
            disabled = webhook_endpoint::disable(work.tx(), endpoint, reason, now).await?;
        }
        work.commit().await?;
        if let Some(reason) = disable.filter(|_| disabled) {
            metrics::counter!("orders_webhook_endpoints_disabled_total", "reason" => reason)
                .increment(1);
            tracing::error!(
                network = endpoint.network,
                provider = endpoint.provider_id,
                endpoint = endpoint.name,
                reason,
                "webhook endpoint disabled"
            );
        }
        Ok(())
    }

    async fn send(
        &self,
        endpoint: &webhook_endpoint::Model,
        row: &webhook_delivery::Model,
    ) -> Attempt {
        let Some((url, headers, body)) = self.signed(endpoint, row) else {
            return Attempt::Failed("unreadable", None);
        };
        match self.webhooks.outgoing.post(&url, headers, body).await {
            Ok(answer) if answer.status.is_success() => Attempt::Delivered(answer.status.as_u16()),
            Ok(answer) if answer.status == reqwest::StatusCode::GONE => Attempt::Gone,
            Ok(answer) => Attempt::Failed("status", Some(answer.status.as_u16())),
            Err(error @ CallError::Open(until)) => Attempt::Postponed(error.as_str(), until),
            Err(error @ CallError::Busy) => {
                Attempt::Postponed(error.as_str(), self.clock.now() + BUSY)
            }
            Err(error) => Attempt::Failed(error.as_str(), None),
        }
    }

    /// Nothing when what is stored cannot be read: another pepper, or the database was changed by another hand.
    fn signed(
        &self,
        endpoint: &webhook_endpoint::Model,
        row: &webhook_delivery::Model,
    ) -> Option<(reqwest::Url, HeaderMap, Vec<u8>)> {
        let message = WebhookMessage {
            kind: WebhookKind::parse(&row.kind)?,
            at: row.at,
            network: &row.network,
            object: row.object_id,
        };
        let (id, body, now) = (webhook_id(row.id), message.body(), self.clock.now());
        let previous = endpoint.previous_secret.as_ref().filter(|_| {
            endpoint
                .previous_secret_until
                .is_some_and(|until| now < until)
        });
        let mut signatures = Vec::new();
        for sealed in std::iter::once(&endpoint.secret).chain(previous) {
            let secret = self.webhooks.secrets.open(endpoint.key(), sealed);
            let secret = secret.map_err(|error| {
                tracing::error!(
                    network = endpoint.network,
                    provider = endpoint.provider_id,
                    endpoint = endpoint.name,
                    "{error}"
                );
            });
            signatures.push(secret.ok()?.sign(&id, now.timestamp(), &body));
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", now.timestamp().to_string()),
            ("webhook-signature", signatures.join(" ")),
        ] {
            let value = HeaderValue::try_from(value).ok()?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Some((endpoint.url.parse().ok()?, headers, body))
    }
}

/// The row after an attempt, and whether its endpoint is disabled for it.
fn concluded(
    row: webhook_delivery::Model,
    attempt: Attempt,
    now: DateTime<Utc>,
    chance: f64,
) -> (webhook_delivery::Model, Option<&'static str>) {
    let is_ping = row.kind == WebhookKind::EndpointPing.as_str();
    let (attempts, begun) = (row.attempts, row.begun_at);
    let failures = u32::try_from(attempts + 1).unwrap_or(u32::MAX);
    let retry = |earliest: DateTime<Utc>| {
        let next = RETRY.next(failures, begun, now, chance);
        next.filter(|_| !is_ping).map(|next| next.max(earliest))
    };
    let (state, failure, status, next) = match attempt {
        Attempt::Delivered(status) => (DELIVERED, None, Some(status), None),
        Attempt::Gone => (GIVEN_UP, Some("status"), Some(410), None),
        Attempt::Failed(why, status) => match retry(now) {
            Some(next) => (WAITING, Some(why), status, Some(next)),
            None => (GIVEN_UP, Some(why), status, None),
        },
        // No attempt was made: it goes as soon as it may, for as long as it is tried at all.
        Attempt::Postponed(why, until) => match retry(until) {
            Some(_) => (WAITING, Some(why), None, Some(until)),
            None => (GIVEN_UP, Some(why), None, None),
        },
    };
    let disable = match attempt {
        Attempt::Gone => Some(GONE),
        _ if state == GIVEN_UP && !is_ping => Some(FAILING),
        _ => None,
    };
    let made = !matches!(attempt, Attempt::Postponed(..));
    let row = webhook_delivery::Model {
        state: state.to_owned(),
        attempts: attempts.saturating_add(i32::from(made)),
        last_failure: failure.map(str::to_owned),
        last_status: status.map(i32::from),
        next_attempt_at: next.unwrap_or(row.next_attempt_at),
        finished_at: next.is_none().then_some(now),
        ..row
    };
    (row, disable)
}

fn say(result: Result<(), OrdersError>) {
    if let Err(error) = result {
        let error = service_kit::error::chain(&error);
        tracing::warn!(error.chain = error, "webhooks wait");
    }
}
