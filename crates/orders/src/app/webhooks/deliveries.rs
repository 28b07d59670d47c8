//! Deliveries that are kept: listed, sent again, and removed after a while.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::app::error::OrdersError;
use crate::app::paging::{cut, page_size};
use crate::app::{Desk, Orders};
use crate::domain::webhook::{GIVE_UP_HOURS, KEPT_DAYS};
use crate::store::{webhook_delivery, webhook_endpoint};

/// Which deliveries are asked for.
#[derive(Clone, Debug, Default)]
pub struct DeliveriesAsked {
    /// Of which endpoint.
    pub name: String,
    /// Only in this state.
    pub state: Option<&'static str>,
    /// Older than this position.
    pub below: Option<i64>,
    /// How many; 0 means 50.
    pub size: u64,
}

/// A page of deliveries.
#[derive(Clone, Debug)]
pub struct Deliveries {
    /// The newest first.
    pub rows: Vec<webhook_delivery::Model>,
    /// Where the next page begins, if there is one.
    pub next_below: Option<i64>,
}

impl Orders {
    /// A page of an endpoint's deliveries.
    ///
    /// # Errors
    /// There is no endpoint of this name, or the database fails.
    pub async fn list_webhook_deliveries(
        &self,
        desk: &Desk,
        asked: &DeliveriesAsked,
    ) -> Result<Deliveries, OrdersError> {
        let reader = self.outbox.database().reader();
        let endpoint =
            webhook_endpoint::find(&reader, &desk.network, &desk.provider, &asked.name).await?;
        let endpoint = endpoint.ok_or(OrdersError::WebhookEndpointNotFound)?;
        let size = page_size(asked.size);
        let (state, below) = (asked.state, asked.below);
        let rows = webhook_delivery::list(&reader, endpoint.id, state, below, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let next_below = rows.last().map(|row| row.position).filter(|_| more);
        Ok(Deliveries { rows, next_below })
    }

    /// Has a delivery sent now, with the same id, and tried for as long as a new one. One that is being sent may arrive twice.
    /// `actor` is how the log names who asks.
    ///
    /// # Errors
    /// It is not kept, or not this provider's; the database fails.
    pub async fn resend_webhook_delivery(
        &self,
        desk: &Desk,
        actor: &str,
        id: Uuid,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        let now = self.clock.now();
        let (network, provider) = (&desk.network, &desk.provider);
        if !webhook_delivery::resend(work.tx(), network, provider, id, now).await? {
            return Err(OrdersError::WebhookDeliveryNotFound);
        }
        work.commit().await?;
        self.webhooks.wake.notify_one();
        tracing::info!(network = %network, provider = %provider, delivery = %id, actor, "webhook delivery sent again");
        Ok(())
    }

    /// Removes what nobody asks for any more.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_webhook_deliveries(&self) -> Result<(), OrdersError> {
        let now = self.clock.now();
        let tried = TimeDelta::hours(GIVE_UP_HOURS.cast_signed());
        let work = self.outbox.begin().await?;
        let kept = now - TimeDelta::days(KEPT_DAYS);
        webhook_delivery::sweep(work.tx(), kept, now - tried, now).await?;
        Ok(work.commit().await?)
    }
}
