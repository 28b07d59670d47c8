//! A provider says that it has an order.

use super::error::OrdersError;
use super::journal::{Move, Mover};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::order::Order;
use crate::store::order;

impl Orders {
    /// From new to received; later than that it changes nothing.
    pub async fn acknowledge_order(&self, desk: &Desk, id: OrderId) -> Result<Order, OrdersError> {
        let mut work = self.outbox.begin().await?;
        let row = order::lock_of_provider(work.tx(), &desk.network, &desk.provider, id).await?;
        let row = row.ok_or(OrdersError::OrderNotFound)?;
        let order = self
            .move_order(
                &mut work,
                &Mover::provider(desk),
                &row,
                Move::Acknowledge,
                None,
            )
            .await?;
        work.commit().await?;
        Ok(order)
    }
}
