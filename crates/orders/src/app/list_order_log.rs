//! The log of an order for its provider: what happened, and what it has written itself. What others wrote stays sealed.

use service_kit::caller::Caller;
use uuid::Uuid;

use super::error::OrdersError;
use super::get_order::LogLine;
use super::paging::{cut, page_size};
use super::{Desk, Orders};
use crate::domain::OrderId;
use crate::store::order_log;

/// Why a provider reads what it wrote, in the access log.
const PURPOSE: &str = "order handling";

/// One page.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// The oldest first; the provider's own messages opened.
    pub lines: Vec<LogLine>,
    /// The line to go on after; none on the last page.
    pub next_after: Option<Uuid>,
}

impl Orders {
    /// One page of the log of an own order, after the line that the page before ended with. When one of the provider's own
    /// messages was opened, which may name the customer, the reading is logged. It is not a disclosure: the provider
    /// is told nothing that it did not write.
    ///
    /// # Errors
    /// [`OrdersError::Invalid`] when `after` is no line of this log.
    pub async fn list_order_log(
        &self,
        desk: &Desk,
        caller: &Caller,
        id: OrderId,
        after: Option<Uuid>,
        size: u64,
    ) -> Result<LogPage, OrdersError> {
        let (size, network) = (page_size(size), desk.network.as_str());
        let work = self.outbox.begin().await?;
        let row = self.own_order(work.tx(), desk, id).await?;
        let after = match after {
            None => None,
            Some(line) => Some(
                order_log::find(work.tx(), network, row.id, line)
                    .await?
                    .ok_or_else(OrdersError::wrong_page_token)?,
            ),
        };
        let rows = order_log::page(work.tx(), network, row.id, after.as_ref(), size + 1).await?;
        let (rows, more) = cut(rows, size);
        let last = rows.last().map(|line| line.id);
        let mine = desk.actor();
        let mut lines = self.open_messages(rows, |line| line.actor == mine).await?;
        if lines.iter().any(|line| line.message.is_some()) {
            self.log_reading(&work, &desk.network, (caller, PURPOSE), &row, &["message"])
                .await?;
            work.commit().await?;
        } else {
            work.rollback().await?;
        }
        for line in &mut lines {
            line.hide_staff();
        }
        Ok(LogPage {
            lines,
            next_after: last.filter(|_| more),
        })
    }
}
