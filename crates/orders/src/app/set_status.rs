//! A provider sets the state of an order, with a message to the network.

use kernel::Violation;
use privacy::{PrivacyError, SubjectId};
use uuid::Uuid;

use super::error::OrdersError;
use super::journal::{Move, Mover};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::order::Order;
use crate::domain::status::OrderStatus;
use crate::store::{order, order_log};

/// Longest message, in characters.
pub const MESSAGE_MAX_CHARS: usize = 1_000;

impl Orders {
    /// Moves an own order, as the table of transitions allows. A repeated call changes nothing.
    pub async fn set_status(
        &self,
        desk: &Desk,
        id: OrderId,
        status: OrderStatus,
        message: &str,
    ) -> Result<Order, OrdersError> {
        let message = checked_message(message)?;
        let mut work = self.outbox.begin().await?;
        let row = self.lock_own_order(&work, desk, id).await?;
        let message = self.seal_message(&row, message).await?;
        let order = self
            .move_order(
                &mut work,
                &Mover::provider(desk),
                &row,
                Move::To(status),
                message,
            )
            .await?;
        work.commit().await?;
        Ok(order)
    }

    /// The provider is asked not to name the customer, and may all the same: its words are sealed under the customer's
    /// key. Once the customer is erased there is no key, and the words are not kept.
    pub(super) async fn seal_message(
        &self,
        row: &order::Model,
        text: &str,
    ) -> Result<Option<(Uuid, Vec<u8>)>, OrdersError> {
        let Some(subject) = row
            .subject_id
            .map(SubjectId::from_uuid)
            .filter(|_| !row.is_erased())
        else {
            return Ok(None);
        };
        if text.is_empty() {
            return Ok(None);
        }
        let id = kernel::new_id(self.clock.as_ref());
        match self
            .privacy
            .seal(subject, order_log::TABLE, "message", id, text)
            .await
        {
            Ok(sealed) => Ok(Some((id, sealed))),
            Err(PrivacyError::Erased) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A message without space around it, if it is not too long.
pub(super) fn checked_message(message: &str) -> Result<&str, OrdersError> {
    let message = message.trim();
    if message.chars().count() > MESSAGE_MAX_CHARS {
        let wrong = Violation::new("message", "", "at most 1,000 characters");
        return Err(OrdersError::Invalid(vec![wrong]));
    }
    Ok(message)
}
