//! A provider reads its notices.

use super::error::OrdersError;
use super::{Desk, Orders};
use crate::store::notice;

/// Notices in one answer: acknowledging makes room for the next.
pub const NOTICES_MAX: u64 = 200;

impl Orders {
    /// The oldest first.
    pub async fn list_notices(
        &self,
        desk: &Desk,
        include_acknowledged: bool,
    ) -> Result<Vec<notice::Model>, OrdersError> {
        let reader = self.outbox.database().reader();
        Ok(notice::list(
            &reader,
            &desk.network,
            &desk.provider,
            include_acknowledged,
            NOTICES_MAX,
        )
        .await?)
    }
}
