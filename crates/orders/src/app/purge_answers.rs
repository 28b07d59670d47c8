//! Answers whose field says that they are deleted so many days after the end of the order, when that time has come.

use privacy::{OpenItem, SubjectId};
use uuid::Uuid;

use super::Orders;
use super::error::OrdersError;
use crate::store::{order, order_answer};

/// Answers in one transaction: a failure loses no more work than this, and nobody waits for long.
pub const PURGE_PAGE: u64 = 200;

/// The answers of a person whose data is restricted are looked at again after a day: nothing is removed (art. 18).
const RESTRICTED_WAIT: chrono::Duration = chrono::Duration::days(1);

impl Orders {
    /// One turn, in pages until nothing is due; says how many were deleted. What a turn has not done the next one does. Several
    /// instances may do it at once.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn purge_answers(&self) -> Result<u64, OrdersError> {
        let mut purged = 0;
        loop {
            let now = self.clock.now();
            let work = self.outbox.begin().await?;
            let due = order_answer::due(work.tx(), now, PURGE_PAGE).await?;
            if due.is_empty() {
                work.rollback().await?;
                return Ok(purged);
            }
            let open = self.are_open(&due).await?;
            let (mut over, mut waiting, mut orders) = (Vec::new(), Vec::new(), Vec::new());
            for (row, is_open) in due.iter().zip(open) {
                if is_open {
                    over.push(row.id);
                    orders.push(row.order_id);
                } else {
                    waiting.push(row.id);
                }
            }
            orders.dedup();
            order_answer::postpone(work.tx(), &waiting, now + RESTRICTED_WAIT).await?;
            order::forget_requests(work.tx(), &orders).await?;
            purged += order_answer::delete(work.tx(), &over).await?;
            work.commit().await?;
        }
    }

    /// Which of these anybody may work with: not of who is restricted.
    async fn are_open(&self, rows: &[order_answer::Model]) -> Result<Vec<bool>, OrdersError> {
        let items: Vec<OpenItem<'_>> = rows
            .iter()
            .map(|row| OpenItem {
                subject: SubjectId::from_uuid(row.subject_id.unwrap_or(Uuid::nil())),
                table: order_answer::TABLE,
                column: "question",
                row_id: row.id,
                sealed: row.question.as_deref().unwrap_or_default(),
            })
            .collect();
        let opened = self.privacy.open_many(&items).await?;
        Ok(opened.iter().map(Option::is_some).collect())
    }
}
