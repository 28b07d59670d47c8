//! An event becomes a delivery for each endpoint that wants it, in the transaction of the event.

use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use uuid::Uuid;

use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::status::{OrderStatus, Party};
use crate::domain::webhook::WebhookKind;
use crate::store::{webhook_delivery, webhook_endpoint};

impl Orders {
    /// Tells a provider's endpoints. What it is about is locked, or new: so its events are numbered as they happen.
    pub(crate) async fn tell_webhooks(
        &self,
        work: &Work,
        (network, provider): (&NetworkCode, &ProviderId),
        kind: WebhookKind,
        object: Uuid,
    ) -> Result<(), OrdersError> {
        let endpoints = webhook_endpoint::active(work.tx(), network, provider).await?;
        let now = self.clock.now();
        let rows = endpoints
            .iter()
            .filter(|endpoint| endpoint.wants(kind))
            .map(|endpoint| {
                let id = kernel::new_id(self.clock.as_ref());
                webhook_delivery::new(endpoint, id, kind, object, now)
            });
        Ok(webhook_delivery::insert(work.tx(), rows.collect()).await?)
    }
}

/// How a move of an order is told.
pub(crate) fn kind_of_move(by: Party, to: OrderStatus) -> WebhookKind {
    match (by, to) {
        (Party::Customer, OrderStatus::Cancelled) => WebhookKind::OrderCancelled,
        (Party::Customer, OrderStatus::Withdrawn) => WebhookKind::OrderWithdrawn,
        _ => WebhookKind::OrderChanged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_customers_own_act_is_told_as_such() {
        for (by, to, kind) in [
            (Party::Customer, OrderStatus::Cancelled, "order.cancelled"),
            (Party::Customer, OrderStatus::Withdrawn, "order.withdrawn"),
            (Party::Provider, OrderStatus::Cancelled, "order.changed"),
            (Party::Network, OrderStatus::Withdrawn, "order.changed"),
            (Party::Provider, OrderStatus::Received, "order.changed"),
        ] {
            assert_eq!(kind_of_move(by, to).as_str(), kind);
        }
    }
}
