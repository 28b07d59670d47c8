//! A provider's orders by the time at which they were placed, for systems that keep no cursor: page by page, without
//! personal data.
//!
//! Unlike the feed this can miss an order that is being placed just now: its time is before its commit. Who asks by time asks
//! from a little before the last answer.

use chrono::{DateTime, Utc};

use super::error::OrdersError;
use super::paging::{cut, page_size};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::number::OrderNumber;
use crate::domain::order::Order;
use crate::store::{order, provider_orders};

/// One page.
#[derive(Clone, Debug)]
pub struct ProviderPage {
    /// The oldest first.
    pub orders: Vec<Order>,
    /// The order to go on after; none on the last page.
    pub next_after: Option<OrderId>,
}

impl Orders {
    /// One page of the orders placed at `since` or later, after the order that the page before ended with.
    ///
    /// # Errors
    /// [`OrdersError::Invalid`] when `after` is no order of this provider.
    pub async fn list_provider_orders(
        &self,
        desk: &Desk,
        since: DateTime<Utc>,
        after: Option<OrderId>,
        size: u64,
    ) -> Result<ProviderPage, OrdersError> {
        let (size, reader) = (page_size(size), self.outbox.database().reader());
        let Desk { network, provider } = desk;
        let after = match after {
            None => None,
            Some(id) => Some(
                order::find_of_provider(&reader, network, provider, id)
                    .await?
                    .ok_or_else(OrdersError::wrong_page_token)?,
            ),
        };
        let rows = provider_orders::placed_since(
            &reader,
            network,
            provider,
            since,
            after.as_ref(),
            size + 1,
        )
        .await?;
        let (rows, more) = cut(rows, size);
        let orders: Vec<Order> = rows
            .iter()
            .map(order::Model::to_domain)
            .collect::<Result<_, _>>()?;
        let last = orders.last().map(|order| order.state().id);
        Ok(ProviderPage {
            orders,
            next_after: last.filter(|_| more),
        })
    }

    /// One own order of a provider by its number, without personal data.
    ///
    /// # Errors
    /// [`OrdersError::OrderNotFound`], whether it is not there, another provider's or another network's.
    pub async fn find_provider_order(
        &self,
        desk: &Desk,
        number: &str,
    ) -> Result<Order, OrdersError> {
        let count = OrderNumber::count_in(&desk.network, number);
        let count = count.ok_or(OrdersError::OrderNotFound)?;
        let reader = self.outbox.database().reader();
        let row = self.own_numbered(&reader, desk, count).await?;
        Ok(row.to_domain()?)
    }
}
