//! A network's orders for staff: newest first, page by page, without personal data.

use kernel::NetworkCode;

use super::Orders;
use super::error::OrdersError;
use super::paging::{cut, page_size};
use crate::domain::order::Order;
use crate::store::order::{self, Filter};

/// One page.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<Order>,
    /// The count to go on below; none on the last page.
    pub next_below: Option<i64>,
}

impl Orders {
    /// One page; `size` 0 is 50.
    pub async fn list_orders(
        &self,
        network: &NetworkCode,
        filter: &Filter,
        size: u64,
    ) -> Result<OrderPage, OrdersError> {
        let size = page_size(size);
        let reader = self.outbox.database().reader();
        let rows = order::page(&reader, network, filter, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let next_below = rows.last().map(|row| row.number).filter(|_| more);
        let orders = rows
            .iter()
            .map(order::Model::to_domain)
            .collect::<Result<_, _>>()?;
        Ok(OrderPage { orders, next_below })
    }
}
