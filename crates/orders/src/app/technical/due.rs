//! Technical orders that were asked for a later time, when that time has come. In a network whose staff carry them out they
//! wait for staff.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use service_kit::error::{ErrorKind, ServiceError as _};

use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::technical::TechnicalOrderId;
use crate::domain::technical::state::TechnicalState;
use crate::store::technical_order;

/// Orders of one network in one turn; the rest is for the next.
const DUE_MAX: u64 = 100;

impl Orders {
    /// One turn. Several instances may do it at once: each order is locked, and done once.
    ///
    /// # Errors
    /// The database or the key store fails; the next turn goes on.
    pub async fn carry_out_due(&self) -> Result<(), OrdersError> {
        let (reader, now) = (self.outbox.database().reader(), self.clock.now());
        let mut failed = None;
        for network in technical_order::networks_due(&reader, now).await? {
            let network =
                NetworkCode::parse(&network).map_err(crate::store::unreadable("network"))?;
            if self.technical_rules(&network).by_staff {
                continue;
            }
            for row in technical_order::due(&reader, &network, now, DUE_MAX).await? {
                // One that cannot be done now does not keep the others waiting.
                let done = self.carry_out_one(&network, row.key(), now).await;
                failed = failed.or(done.err());
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn carry_out_one(
        &self,
        network: &NetworkCode,
        id: TechnicalOrderId,
        now: DateTime<Utc>,
    ) -> Result<(), OrdersError> {
        let mut work = self.outbox.begin().await?;
        let row = technical_order::lock(work.tx(), network, id).await?;
        // Changed, taken back or done by somebody else meanwhile.
        let is_due = |row: &technical_order::Model| {
            let due = row.requested_at.is_none_or(|at| at <= now);
            due && row.state == TechnicalState::Received.as_str()
        };
        let Some(mut row) = row.filter(is_due) else {
            return Ok(work.rollback().await?);
        };
        let mut news = Vec::new();
        match self.carry_out(&mut work, &mut row, &mut news).await {
            Ok(()) => {
                self.tell(&work, network, news).await?;
                Ok(work.commit().await?)
            }
            Err(error) if is_final(&error) => {
                work.rollback().await?;
                self.fail_one(network, id, &error.to_string()).await
            }
            Err(error) => Err(error),
        }
    }

    /// What can never be carried out has failed, and its provider learns why.
    async fn fail_one(
        &self,
        network: &NetworkCode,
        id: TechnicalOrderId,
        why: &str,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        if let Some(mut row) = technical_order::lock(work.tx(), network, id).await? {
            let mut news = Vec::new();
            self.fail(&work, network, &mut row, why, &mut news).await?;
            self.tell(&work, network, news).await?;
        }
        Ok(work.commit().await?)
    }
}

fn is_final(error: &OrdersError) -> bool {
    !matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal)
}
