//! Technical orders and subscriptions, found and listed.

use chrono::{DateTime, Duration, DurationRound as _, Utc};
use kernel::{AccessId, NetworkCode, ProviderId};
use service_kit::caller::Caller;

use super::reading::{OpenedOrder, OpenedSubscription};
use crate::app::error::OrdersError;
use crate::app::paging::{cut, page_size};
use crate::app::{Desk, Orders};
use crate::domain::technical::state::TechnicalState;
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};
use crate::store::{service_claim, subscription, technical_event, technical_order};

/// One page.
#[derive(Clone, Debug)]
pub struct TechnicalPage<T, I> {
    /// The oldest first.
    pub items: Vec<T>,
    /// The one to go on after; none on the last page.
    pub next_after: Option<I>,
    /// Everything before this second is in the list.
    pub complete_before: DateTime<Utc>,
}

/// What is asked of orders.
#[derive(Clone, Debug, Default)]
pub struct OrdersAsked {
    /// Only at this access.
    pub access: Option<AccessId>,
    /// Only in this state; none: those that are not done.
    pub state: Option<TechnicalState>,
    /// After this one.
    pub after: Option<TechnicalOrderId>,
    /// How many.
    pub size: u64,
}

/// What is asked of subscriptions.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionsAsked {
    /// Only at this access.
    pub access: Option<AccessId>,
    /// Changed at this time or later, also ended.
    pub changed_since: Option<DateTime<Utc>>,
    /// After this one.
    pub after: Option<SubscriptionId>,
    /// How many.
    pub size: u64,
}

impl Orders {
    /// One own technical order.
    ///
    /// # Errors
    /// [`OrdersError::TechnicalOrderNotFound`], whether it is not there, another provider's or deleted.
    pub async fn get_technical_order(
        &self,
        desk: &Desk,
        caller: &Caller,
        id: TechnicalOrderId,
    ) -> Result<OpenedOrder, OrdersError> {
        let work = self.outbox.begin().await?;
        let row = self.own_technical(work.tx(), desk, id).await?;
        let mut opened = self.open_orders(vec![row]).await?;
        self.log_orders(&work, desk, caller, &opened).await?;
        work.commit().await?;
        Ok(opened.remove(0))
    }

    /// Own technical orders.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn list_technical_orders(
        &self,
        desk: &Desk,
        caller: &Caller,
        asked: OrdersAsked,
    ) -> Result<TechnicalPage<OpenedOrder, TechnicalOrderId>, OrdersError> {
        let size = page_size(asked.size);
        let work = self.outbox.begin().await?;
        let filter = technical_order::Filter {
            provider: Some(desk.provider.clone()),
            access: asked.access,
            state: asked.state,
            after: asked.after,
        };
        let rows = technical_order::page(work.tx(), &desk.network, &filter, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let items = self.open_orders(rows).await?;
        self.log_orders(&work, desk, caller, &items).await?;
        work.commit().await?;
        let last = items.last().map(|order| order.row.key());
        Ok(TechnicalPage {
            next_after: last.filter(|_| more),
            items,
            complete_before: self.this_second(),
        })
    }

    /// One of a network's technical orders for staff: nothing of it is opened but why it failed.
    ///
    /// # Errors
    /// [`OrdersError::TechnicalOrderNotFound`], whether it is not there, of another network or deleted.
    pub async fn get_network_technical_order(
        &self,
        network: &NetworkCode,
        id: TechnicalOrderId,
    ) -> Result<OpenedOrder, OrdersError> {
        let reader = self.outbox.database().reader();
        let row = technical_order::find(&reader, network, id).await?;
        let row = row.ok_or(OrdersError::TechnicalOrderNotFound)?;
        Ok(self.open_messages_of(vec![row]).await?.remove(0))
    }

    /// A network's technical orders for staff, of one provider if it is named: nothing of them is opened but why they failed.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn list_network_technical_orders(
        &self,
        network: &NetworkCode,
        provider: Option<ProviderId>,
        asked: OrdersAsked,
    ) -> Result<TechnicalPage<OpenedOrder, TechnicalOrderId>, OrdersError> {
        let size = page_size(asked.size);
        let reader = self.outbox.database().reader();
        let filter = technical_order::Filter {
            provider,
            access: asked.access,
            state: asked.state,
            after: asked.after,
        };
        let rows = technical_order::page(&reader, network, &filter, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let items = self.open_messages_of(rows).await?;
        let last = items.last().map(|order| order.row.key());
        Ok(TechnicalPage {
            next_after: last.filter(|_| more),
            items,
            complete_before: self.this_second(),
        })
    }

    /// Own subscriptions. Whoever changes one now is waited for: nothing appears later in a second that was declared complete.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn list_subscriptions(
        &self,
        desk: &Desk,
        caller: &Caller,
        asked: SubscriptionsAsked,
    ) -> Result<TechnicalPage<OpenedSubscription, SubscriptionId>, OrdersError> {
        let Desk { network, provider } = desk;
        let size = page_size(asked.size);
        let work = self.outbox.begin().await?;
        technical_event::wait_for_writers(work.tx(), network, provider).await?;
        let complete_before = self.this_second();
        let mut filter = subscription::Filter {
            ids: None,
            changed_since: asked.changed_since,
            after: asked.after,
        };
        if let Some(access) = &asked.access {
            let mut ids = subscription::ids_at(work.tx(), network, provider, access).await?;
            let claims = service_claim::at(work.tx(), network, access).await?;
            ids.extend(claims.iter().filter_map(|claim| claim.subscription_id));
            filter.ids = Some(ids);
        }
        let rows = subscription::page(work.tx(), network, provider, &filter, size + 1).await?;
        let (mut rows, more) = cut(rows, size);
        let ids = rows.iter().map(|row| row.id).collect();
        let claims = service_claim::of_subscriptions(work.tx(), network, ids).await?;
        for row in &mut rows {
            // What a port carries is known also when the customer has been erased.
            let claim = claims
                .iter()
                .find(|claim| claim.subscription_id == Some(row.id));
            row.access_id = claim
                .map(|claim| claim.access_id.clone())
                .or(row.access_id.take());
        }
        let items = self.open_subscriptions(rows).await?;
        self.log_subscriptions(&work, desk, caller, &items).await?;
        work.commit().await?;
        let last = items
            .last()
            .map(|one| SubscriptionId::from_uuid(one.row.id));
        Ok(TechnicalPage {
            next_after: last.filter(|_| more),
            items,
            complete_before,
        })
    }

    pub(super) fn this_second(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        now.duration_trunc(Duration::seconds(1)).unwrap_or(now)
    }
}
