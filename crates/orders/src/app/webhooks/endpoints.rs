//! A provider's endpoints, put, listed and removed by the provider itself or by the network's staff.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::webhook::secret::WebhookSecret;
use crate::domain::webhook::{
    ENDPOINTS_MAX, EndpointInput, EndpointRequest, OVERLAP_HOURS, WebhookEndpointId, WebhookKind,
};
use crate::store::{webhook_delivery, webhook_endpoint};

/// An endpoint as it is now.
#[derive(Debug)]
pub struct PutEndpoint {
    /// The row.
    pub endpoint: webhook_endpoint::Model,
    /// Of a new one; shown this once.
    pub secret: Option<WebhookSecret>,
}

/// A new secret.
#[derive(Debug)]
pub struct RotatedSecret {
    /// Shown this once.
    pub secret: WebhookSecret,
    /// Until then the one before is valid, too.
    pub previous_until: DateTime<Utc>,
}

impl Orders {
    /// Enters an endpoint, or changes the one of this name. `actor` is how the log names who does it.
    ///
    /// # Errors
    /// Fields are wrong, the provider is not known or has too many, or the database fails.
    pub async fn put_webhook_endpoint(
        &self,
        desk: &Desk,
        actor: &str,
        input: &EndpointInput,
    ) -> Result<PutEndpoint, OrdersError> {
        let asked = EndpointRequest::parse(input).map_err(OrdersError::Invalid)?;
        let refused = |_| OrdersError::invalid("endpoint.url", "https, and on the internet");
        self.webhooks.outgoing.check(&asked.url).map_err(refused)?;
        let work = self.outbox.begin().await?;
        if !webhook_endpoint::lock_provider(work.tx(), &desk.network, &desk.provider).await? {
            return Err(OrdersError::ProviderNotFound);
        }
        let all = webhook_endpoint::list(work.tx(), &desk.network, &desk.provider).await?;
        let (is_full, known) = (
            all.len() as u64 >= ENDPOINTS_MAX,
            all.into_iter().find(|row| row.name == asked.name),
        );
        let (row, secret) = if let Some(row) = known {
            let row = self.changed(row, &asked);
            webhook_endpoint::update(work.tx(), row.clone()).await?;
            (row, None)
        } else if is_full {
            return Err(OrdersError::TooManyWebhookEndpoints);
        } else {
            let (row, secret) = self.new_endpoint(desk, &asked);
            webhook_endpoint::insert(work.tx(), row.clone()).await?;
            (row, Some(secret))
        };
        work.commit().await?;
        tracing::info!(network = %desk.network, provider = %desk.provider, endpoint = row.name, actor, active = row.active, "webhook endpoint put");
        Ok(PutEndpoint {
            endpoint: row,
            secret,
        })
    }

    /// A provider's endpoints, by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list_webhook_endpoints(
        &self,
        desk: &Desk,
    ) -> Result<Vec<webhook_endpoint::Model>, OrdersError> {
        let reader = self.outbox.database().reader();
        Ok(webhook_endpoint::list(&reader, &desk.network, &desk.provider).await?)
    }

    /// Removes an endpoint with its deliveries.
    ///
    /// # Errors
    /// There is none of this name, or the database fails.
    pub async fn remove_webhook_endpoint(
        &self,
        desk: &Desk,
        actor: &str,
        name: &str,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        webhook_endpoint::lock_provider(work.tx(), &desk.network, &desk.provider).await?;
        let row = webhook_endpoint::find(work.tx(), &desk.network, &desk.provider, name).await?;
        let row = row.ok_or(OrdersError::WebhookEndpointNotFound)?;
        webhook_endpoint::remove(work.tx(), &row).await?;
        webhook_delivery::remove_of(work.tx(), row.id).await?;
        work.commit().await?;
        tracing::info!(network = %desk.network, provider = %desk.provider, endpoint = row.name, actor, "webhook endpoint removed");
        Ok(())
    }

    /// The network's staff turn an endpoint off. One that is off already stays as it is, also why.
    ///
    /// # Errors
    /// There is none of this name, or the database fails.
    pub async fn disable_webhook_endpoint(
        &self,
        desk: &Desk,
        actor: &str,
        name: &str,
    ) -> Result<webhook_endpoint::Model, OrdersError> {
        let work = self.outbox.begin().await?;
        webhook_endpoint::lock_provider(work.tx(), &desk.network, &desk.provider).await?;
        let row = webhook_endpoint::find(work.tx(), &desk.network, &desk.provider, name).await?;
        let mut row = row.ok_or(OrdersError::WebhookEndpointNotFound)?;
        if !row.active {
            work.rollback().await?;
            return Ok(row);
        }
        let now = self.clock.now();
        row.active = false;
        row.disabled_reason = Some(webhook_endpoint::BY_NETWORK.to_owned());
        (row.disabled_at, row.changed_at) = (Some(now), now);
        webhook_endpoint::update(work.tx(), row.clone()).await?;
        work.commit().await?;
        tracing::info!(network = %desk.network, provider = %desk.provider, endpoint = name, actor, "webhook endpoint turned off");
        Ok(row)
    }

    /// Makes a new secret; the one before is valid for [`OVERLAP_HOURS`] more, one from before that no longer.
    ///
    /// # Errors
    /// There is no endpoint of this name, or the database fails.
    pub async fn rotate_webhook_secret(
        &self,
        desk: &Desk,
        actor: &str,
        name: &str,
    ) -> Result<RotatedSecret, OrdersError> {
        let work = self.outbox.begin().await?;
        webhook_endpoint::lock_provider(work.tx(), &desk.network, &desk.provider).await?;
        let row = webhook_endpoint::find(work.tx(), &desk.network, &desk.provider, name).await?;
        let mut row = row.ok_or(OrdersError::WebhookEndpointNotFound)?;
        let secret = WebhookSecret::random();
        let previous_until = self.clock.now() + TimeDelta::hours(OVERLAP_HOURS);
        let sealed = self.webhooks.secrets.seal(row.key(), &secret);
        row.previous_secret = Some(std::mem::replace(&mut row.secret, sealed));
        row.previous_secret_until = Some(previous_until);
        row.changed_at = self.clock.now();
        webhook_endpoint::update(work.tx(), row).await?;
        work.commit().await?;
        tracing::info!(network = %desk.network, provider = %desk.provider, endpoint = name, actor, "secret of a webhook endpoint rotated");
        Ok(RotatedSecret {
            secret,
            previous_until,
        })
    }

    /// Has an endpoint told of a ping; its delivery.
    ///
    /// # Errors
    /// There is no endpoint of this name, or the database fails.
    pub async fn ping_webhook_endpoint(
        &self,
        desk: &Desk,
        name: &str,
    ) -> Result<uuid::Uuid, OrdersError> {
        let work = self.outbox.begin().await?;
        let row = webhook_endpoint::find(work.tx(), &desk.network, &desk.provider, name).await?;
        let row = row.ok_or(OrdersError::WebhookEndpointNotFound)?;
        let (id, now) = (kernel::new_id(self.clock.as_ref()), self.clock.now());
        let ping = webhook_delivery::new(&row, id, WebhookKind::EndpointPing, row.id, now);
        webhook_delivery::insert(work.tx(), vec![ping]).await?;
        work.commit().await?;
        self.webhooks.wake.notify_one();
        Ok(id)
    }

    fn changed(
        &self,
        row: webhook_endpoint::Model,
        asked: &EndpointRequest,
    ) -> webhook_endpoint::Model {
        let mut changed = webhook_endpoint::Model {
            url: asked.url.to_string(),
            kinds: words(&asked.kinds),
            active: asked.active,
            changed_at: self.clock.now(),
            ..row
        };
        if asked.active {
            changed.disabled_reason = None;
            changed.disabled_at = None;
        }
        changed
    }

    fn new_endpoint(
        &self,
        desk: &Desk,
        asked: &EndpointRequest,
    ) -> (webhook_endpoint::Model, WebhookSecret) {
        let id = WebhookEndpointId::generate(self.clock.as_ref());
        let secret = WebhookSecret::random();
        let row = webhook_endpoint::Model {
            id: id.as_uuid(),
            network: desk.network.to_string(),
            provider_id: desk.provider.to_string(),
            name: asked.name.clone(),
            url: asked.url.to_string(),
            kinds: words(&asked.kinds),
            active: asked.active,
            disabled_reason: None,
            disabled_at: None,
            secret: self.webhooks.secrets.seal(id, &secret),
            previous_secret: None,
            previous_secret_until: None,
            changed_at: self.clock.now(),
        };
        (row, secret)
    }
}

fn words(kinds: &[WebhookKind]) -> String {
    let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.join(" ")
}
