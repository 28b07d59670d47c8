//! A provider says that it has an order.

use super::error::OrdersError;
use super::journal::{Move, Mover};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::order::Order;

impl Orders {
    /// From new to received; later than that it changes nothing.
    pub async fn acknowledge_order(&self, desk: &Desk, id: OrderId) -> Result<Order, OrdersError> {
        let mut work = self.outbox.begin().await?;
        let row = self.lock_own_order(&work, desk, id).await?;
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
