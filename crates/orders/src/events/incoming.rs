//! Messages that make this service do something.

use std::sync::Arc;

use api as pb;
use async_trait::async_trait;
use kernel::SharedClock;
use messaging::{Envelope, Handler, HandlerError, Work};
use service_kit::error::{ErrorKind, ServiceError as _};
use service_kit::identity::TrustAnchor;

use crate::app::Orders;

/// The rights service asks that a recipient be told.
pub const RECIPIENT_NOTIFIED: &str = "rights.recipient.notified.v1";

/// The only service that may ask so.
const RIGHTS: &str = "rights";

/// Brings notices to providers.
#[derive(Debug)]
pub struct NoticeHandler {
    orders: Arc<Orders>,
    anchor: TrustAnchor,
    clock: SharedClock,
}

impl NoticeHandler {
    /// Believes what services enrolled under this anchor have signed.
    pub fn new(orders: Arc<Orders>, anchor: TrustAnchor, clock: SharedClock) -> Self {
        Self {
            orders,
            anchor,
            clock,
        }
    }
}

#[async_trait]
impl Handler for NoticeHandler {
    fn topics(&self) -> Vec<String> {
        vec![RECIPIENT_NOTIFIED.to_owned()]
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let signed: pb::privacy::Signed = envelope.decode()?;
        let (message, signer) = self
            .anchor
            .open_event::<pb::privacy::RecipientNotified>(
                &envelope.event_type,
                &signed,
                self.clock.now(),
            )
            .map_err(HandlerError::fail)?;
        if signer != RIGHTS {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "signed by {signer}, not by {RIGHTS}"
            )));
        }
        let ours = self
            .orders
            .store_notice(work, &message)
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::Unavailable | ErrorKind::Internal => HandlerError::retry(error),
                _ => HandlerError::fail(error),
            })?;
        if !ours {
            tracing::debug!(
                notice.id = message.notice_id,
                "notice to a recipient that is no provider"
            );
        }
        Ok(())
    }
}
