//! A network's orders for staff: newest first, page by page, without personal data.

use kernel::NetworkCode;

use super::Orders;
use super::error::OrdersError;
use crate::domain::order::Order;
use crate::store::order::{self, Filter};

/// Orders on a page when nobody says how many.
pub const PAGE_DEFAULT: u64 = 50;

/// Orders on a page at most: what a person scrolls through, and a message holds.
pub const PAGE_MAX: u64 = 200;

/// One page.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<Order>,
    /// The count to go on below; none on the last page.
    pub next_below: Option<i64>,
}

impl Orders {
    /// One page; `size` 0 is [`PAGE_DEFAULT`].
    pub async fn list_orders(
        &self,
        network: &NetworkCode,
        filter: &Filter,
        size: u64,
    ) -> Result<OrderPage, OrdersError> {
        let size = page_size(size);
        let mut rows =
            order::page(&self.outbox.database().reader(), network, filter, size + 1).await?;
        let more = rows.len() as u64 > size;
        if more {
            rows.pop();
        }
        let next_below = if more {
            rows.last().map(|row| row.number)
        } else {
            None
        };
        let orders = rows
            .iter()
            .map(order::Model::to_domain)
            .collect::<Result<_, _>>()?;
        Ok(OrderPage { orders, next_below })
    }
}

/// The rows of a page of which so many are wanted; 0 is [`PAGE_DEFAULT`].
pub(super) fn page_size(wanted: u64) -> u64 {
    match wanted {
        0 => PAGE_DEFAULT,
        wanted => wanted.min(PAGE_MAX),
    }
}
