//! A provider says that it acted on a notice; the rights service is told, signed.

use super::error::OrdersError;
use super::{Desk, Orders};
use crate::domain::NoticeId;
use crate::events::outgoing;
use crate::store::notice;

impl Orders {
    /// Once: a repeated call gives the first moment.
    pub async fn acknowledge_notice(
        &self,
        desk: &Desk,
        id: NoticeId,
    ) -> Result<notice::Model, OrdersError> {
        let mut work = self.outbox.begin().await?;
        let mut row = self.lock_own_notice(&work, desk, id).await?;
        if row.acknowledged_at.is_some() {
            work.rollback().await?;
            return Ok(row);
        }
        let now = self.clock.now();
        notice::acknowledge(work.tx(), &row, now).await?;
        row.acknowledged_at = Some(now);
        work.record(outgoing::notice_acknowledged(&self.identity, &row, now));
        work.commit().await?;
        Ok(row)
    }
}
