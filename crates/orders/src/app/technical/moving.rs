//! Staff of a network carry out its technical orders.

use kernel::NetworkCode;

use super::events::News;
use super::reading::OpenedOrder;
use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::technical::TechnicalOrderId;
use crate::domain::technical::request::TEXT_MAX_CHARS;
use crate::domain::technical::state::TechnicalState;
use crate::store::technical_order;

/// Where staff want an order.
#[derive(Clone, Debug)]
pub struct WantedMove {
    /// Where.
    pub to: TechnicalState,
    /// Why it failed; otherwise empty.
    pub message: String,
    /// The version that they have seen; none: whatever it is.
    pub seen: Option<i64>,
}

impl Orders {
    /// Staff take an order in hand, have carried it out, or could not. To where it is already changes nothing.
    ///
    /// # Errors
    /// There is no such order in the network, it has changed since it was seen, it cannot move there, what it asks cannot be
    /// done any more, or the message is missing or too long.
    pub async fn move_technical_order(
        &self,
        network: &NetworkCode,
        id: TechnicalOrderId,
        wanted: &WantedMove,
    ) -> Result<OpenedOrder, OrdersError> {
        let to = wanted.to;
        let message = checked(to, &wanted.message)?;
        let mut work = self.outbox.begin().await?;
        let row = technical_order::lock(work.tx(), network, id).await?;
        let mut row = row.ok_or(OrdersError::TechnicalOrderNotFound)?;
        if wanted.seen.is_some_and(|seen| seen != row.version) {
            return Err(OrdersError::VersionChanged);
        }
        if row.state()? == to {
            work.rollback().await?;
            return Ok(self.open_messages_of(vec![row]).await?.remove(0));
        }
        row.state()?.may_become(to)?;
        let mut news: Vec<News> = Vec::new();
        match to {
            TechnicalState::DoneSuccess => self.carry_out(&mut work, &mut row, &mut news).await?,
            TechnicalState::DoneFailed => {
                self.fail(&work, network, &mut row, message, &mut news)
                    .await?;
            }
            TechnicalState::Received | TechnicalState::InProgress | TechnicalState::Deleted => {
                self.moved(&work, &mut row, to, &mut news).await?;
            }
        }
        self.tell(&work, network, news).await?;
        work.commit().await?;
        Ok(self.open_messages_of(vec![row]).await?.remove(0))
    }
}

/// A message without space around it: the provider must learn why something failed, and nothing else is said with words.
fn checked(to: TechnicalState, message: &str) -> Result<&str, OrdersError> {
    let message = message.trim();
    let most = if to == TechnicalState::DoneFailed {
        TEXT_MAX_CHARS
    } else {
        0
    };
    if message.chars().count() > most || message.chars().any(char::is_control) {
        let rule = "at most 255 characters on one line, and only with a failure";
        return Err(OrdersError::invalid("message", rule));
    }
    if to == TechnicalState::DoneFailed && message.is_empty() {
        return Err(OrdersError::invalid("message", "required: why it failed"));
    }
    Ok(message)
}
