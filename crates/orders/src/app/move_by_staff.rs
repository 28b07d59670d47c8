//! Staff of the network cancel an order, or withdraw from it for the customer.

use kernel::NetworkCode;
use privacy::SubjectId;
use sea_orm::ConnectionTrait;
use service_kit::caller::Caller;

use super::error::OrdersError;
use super::journal::{Move, Mover};
use super::mails::Ending;
use super::set_status::checked_message;
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::acceptance::Language;
use crate::domain::order::Order;
use crate::domain::status::{OrderStatus, Party};
use crate::store::{acceptance, order};

impl Orders {
    /// Moves an order from where the member of staff has seen it. The reason is sealed in the log and told to the customer; the
    /// provider learns of the move as of a customer's, and not why.
    ///
    /// # Errors
    /// [`OrdersError::OrderMoved`] when the order is not `expected` any more; there is no reason or it is too long; the table has no
    /// such move for the network, or the days of withdrawal are over; the database or the key store fails.
    pub async fn move_by_staff(
        &self,
        network: &NetworkCode,
        caller: &Caller,
        id: OrderId,
        (expected, to): (OrderStatus, OrderStatus),
        reason: &str,
    ) -> Result<Order, OrdersError> {
        let reason = checked_reason(reason)?;
        let mut work = self.outbox.begin().await?;
        let row = order::lock(work.tx(), network, id).await?;
        let row = row.ok_or(OrdersError::OrderNotFound)?;
        let state = row.to_domain()?.state().clone();
        if state.status != expected {
            return Err(OrdersError::OrderMoved);
        }
        // To where it is already is a move that the table does not have, too: nobody is told twice.
        let now = self.clock.now();
        expected.may_become(to, Party::Network, state.placed_at, now)?;
        let mover = Mover {
            desk: Desk {
                network: network.clone(),
                provider: state.provider,
            },
            actor: format!("{}:{}", caller.kind.as_str(), caller.id),
            party: Party::Network,
        };
        let sealed = self.seal_message(&row, reason).await?;
        let order = self
            .move_order(&mut work, &mover, &row, Move::To(to), sealed)
            .await?;
        let told = (
            self.language_of(work.tx(), &row).await?,
            Ending::Network { reason },
        );
        self.mail_ended(&mut work, &row, &order, told).await?;
        work.commit().await?;
        Ok(order)
    }

    /// Where staff may move an order now.
    pub(super) fn staff_may(&self, order: &Order) -> Vec<OrderStatus> {
        let (state, now) = (order.state(), self.clock.now());
        let may = |to: &OrderStatus| {
            let moved = state
                .status
                .may_become(*to, Party::Network, state.placed_at, now);
            moved.is_ok()
        };
        Party::Network.may_move(state.status).filter(may).collect()
    }

    /// The language in which the customer ordered; Swedish where nobody may open it any more.
    pub(super) async fn language_of(
        &self,
        db: &impl ConnectionTrait,
        row: &order::Model,
    ) -> Result<Language, OrdersError> {
        let found = acceptance::find_of_order(db, &row.network, row.id).await?;
        let Some(accepted) = found else {
            return Ok(Language::Swedish);
        };
        let (Some(subject), Some(sealed)) = (accepted.subject_id, &accepted.text_language) else {
            return Ok(Language::Swedish);
        };
        let (subject, table) = (SubjectId::from_uuid(subject), acceptance::TABLE);
        let opened = self
            .privacy
            .open(subject, table, "text_language", accepted.id, sealed)
            .await?;
        Ok(opened
            .and_then(|code| Language::parse(&code))
            .unwrap_or(Language::Swedish))
    }
}

/// A reason without space around it.
fn checked_reason(reason: &str) -> Result<&str, OrdersError> {
    let Ok(reason) = checked_message(reason) else {
        return Err(OrdersError::invalid("reason", "at most 1,000 characters"));
    };
    if reason.is_empty() {
        return Err(OrdersError::invalid("reason", "required"));
    }
    Ok(reason)
}
