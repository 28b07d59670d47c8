//! A provider writes a message about an order, for the network to read.

use kernel::Violation;
use messaging::Claim;
use uuid::Uuid;

use super::error::OrdersError;
use super::journal::Line;
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::log_text::LogText;
use crate::domain::message_type::MessageType;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It stands in the log.
    Now,
    /// An earlier call with the same command id has written it.
    Before,
}

impl Orders {
    /// Writes a message into the log of an own order, once per command id and order.
    ///
    /// # Errors
    /// [`OrdersError::CustomerErased`] when there is no key left to seal the words under: the provider is not told
    /// that something was kept which was not.
    pub async fn add_message(
        &self,
        desk: &Desk,
        command_id: Uuid,
        id: OrderId,
        kind: MessageType,
        message: &str,
    ) -> Result<Written, OrdersError> {
        let message = super::set_status::checked_message(message)?;
        if message.is_empty() {
            let wrong = Violation::new("message", "", "required");
            return Err(OrdersError::Invalid(vec![wrong]));
        }
        let work = self.outbox.begin().await?;
        let row = self.lock_own_order(&work, desk, id).await?;
        let operation = format!("orders.message:{id}");
        if work.claim(&operation, command_id).await? != Claim::First {
            work.rollback().await?;
            return Ok(Written::Before);
        }
        let sealed = self.seal_message(&row, message).await?;
        let actor = desk.actor();
        let line = Line {
            actor: &actor,
            text: LogText::Told(kind),
            message: Some(sealed.ok_or(OrdersError::CustomerErased)?),
        };
        let whose = (&desk.network, &desk.provider);
        self.log(&work, whose, id, row.subject_id, vec![line])
            .await?;
        work.commit().await?;
        Ok(Written::Now)
    }
}
