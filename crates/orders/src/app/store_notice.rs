//! The rights service asks that a provider be told; the provider finds the notice here, and a mail points to it.

use api as pb;
use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use uuid::Uuid;

use super::Orders;
use super::error::OrdersError;
use crate::domain::webhook::WebhookKind;
use crate::store::{notice, provider};

/// A recipient that we serve, as holders and the rights service name it.
const PROVIDER: &str = "provider:";

impl Orders {
    /// Stores a notice and mails the provider that there is one. A recipient that is no provider, or a message whose ids
    /// are none, is not ours: false.
    pub async fn store_notice(
        &self,
        work: &mut Work,
        message: &pb::privacy::RecipientNotified,
    ) -> Result<bool, OrdersError> {
        let Some((network, recipient, id, request_id)) = addressed(message) else {
            return Ok(false);
        };
        let row = notice::Model {
            id,
            network: network.to_string(),
            provider_id: recipient.to_string(),
            request_id,
            kind: message.kind.clone(),
            record_ids: serde_json::to_string(&message.record_ids).expect("a list of texts"),
            sent_at: self.clock.now(),
            acknowledged_at: None,
        };
        let is_new = notice::insert(work.tx(), row.clone()).await?;
        if is_new && let Some(provider) = provider::find(work.tx(), &network, &recipient).await? {
            self.mail_notice(work, &row, &provider).await?;
            let whose = (&network, &recipient);
            self.tell_webhooks(work, whose, WebhookKind::NoticeWaiting, id)
                .await?;
        }
        Ok(true)
    }
}

fn addressed(
    message: &pb::privacy::RecipientNotified,
) -> Option<(NetworkCode, ProviderId, Uuid, Uuid)> {
    let recipient = message.recipient.strip_prefix(PROVIDER)?;
    Some((
        NetworkCode::parse(&message.network).ok()?,
        ProviderId::parse(recipient).ok()?,
        Uuid::try_parse(&message.notice_id).ok()?,
        Uuid::try_parse(&message.request_id).ok()?,
    ))
}
