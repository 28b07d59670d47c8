//! A customer follows an order and ends it, by the link of its mail.

use chrono::{Duration, NaiveDate};
use kernel::NetworkCode;

use super::error::OrdersError;
use super::journal::{Move, Mover};
use super::mails::Ending;
use super::{Desk, Orders};
use crate::domain::acceptance::Language;
use crate::domain::follow_link::FOLLOW_DAYS;
use crate::domain::order::Order;
use crate::domain::status::{OrderStatus, Party, last_day_of_withdrawal};
use crate::store::{order, order_log, provider};

/// How the log names the customer.
pub(crate) const CUSTOMER: &str = "customer";
/// States that an order goes through are few; a log that has more is shown from its end.
const LINES_MAX: u64 = 100;

/// An order as its customer sees it.
#[derive(Clone, Debug)]
pub struct FollowedOrder {
    /// The order.
    pub order: Order,
    /// Who delivers.
    pub provider_name: String,
    /// Its states, the oldest first.
    pub states: Vec<order_log::Model>,
    /// It may be cancelled.
    pub may_cancel: bool,
    /// It may be withdrawn from until then, that day included.
    pub withdraw_until: Option<NaiveDate>,
}

impl Orders {
    /// The order of a link.
    ///
    /// # Errors
    /// The link is not good or not any more, or the database fails.
    pub async fn follow_order(
        &self,
        network: &NetworkCode,
        token: &str,
    ) -> Result<FollowedOrder, OrdersError> {
        let id = self.follow_links.order(network, token);
        let id = id.ok_or(OrdersError::OrderNotFound)?;
        let reader = self.outbox.database().reader();
        let row = order::find(&reader, network, id).await?;
        let row = row.filter(|row| self.is_followed(row));
        let order = row.ok_or(OrdersError::OrderNotFound)?.to_domain()?;
        let state = order.state();
        let mut states =
            order_log::list(&reader, network.as_str(), id.as_uuid(), LINES_MAX).await?;
        states.retain(|line| matches!(line.kind.as_str(), "placed" | "status"));
        let provider = provider::find(&reader, network, &state.provider).await?;
        let may = |to| {
            let now = self.clock.now();
            let moved = state
                .status
                .may_become(to, Party::Customer, state.placed_at, now);
            moved.is_ok()
        };
        Ok(FollowedOrder {
            provider_name: provider.ok_or(OrdersError::ProviderNotFound)?.name,
            may_cancel: may(OrderStatus::Cancelled),
            withdraw_until: may(OrderStatus::Withdrawn)
                .then(|| last_day_of_withdrawal(state.placed_at)),
            states,
            order,
        })
    }

    /// Cancels the order of a link, or withdraws from it (distansavtalslagen 2005:59, 2 kap. 10 §). The customer gets a mail
    /// that says so and when, the provider one that there is something to fetch. A repeated call changes nothing.
    ///
    /// # Errors
    /// The link is not good, the order cannot move there by its customer or not any more, or the database fails.
    pub async fn end_order(
        &self,
        network: &NetworkCode,
        token: &str,
        to: OrderStatus,
        language: Language,
    ) -> Result<Order, OrdersError> {
        let id = self.follow_links.order(network, token);
        let id = id.ok_or(OrdersError::OrderNotFound)?;
        let mut work = self.outbox.begin().await?;
        let row = order::lock(work.tx(), network, id).await?;
        let row = row.filter(|row| self.is_followed(row));
        let row = row.ok_or(OrdersError::OrderNotFound)?;
        let before = row.to_domain()?;
        let mover = Mover {
            desk: Desk {
                network: network.clone(),
                provider: before.state().provider.clone(),
            },
            actor: CUSTOMER.to_owned(),
            party: Party::Customer,
        };
        let order = self
            .move_order(&mut work, &mover, &row, Move::To(to), None)
            .await?;
        if before.state().status != to {
            let ending = Ending::Customer;
            self.mail_ended(&mut work, &row, &order, (language, ending))
                .await?;
        }
        work.commit().await?;
        Ok(order)
    }

    /// A customer who was erased follows nothing: the link is nobody's any more.
    fn is_followed(&self, row: &order::Model) -> bool {
        !row.is_erased() && self.clock.now() - row.changed_at <= Duration::days(FOLLOW_DAYS)
    }
}
