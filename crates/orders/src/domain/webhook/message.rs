//! What an endpoint is sent: ids, a kind, a time, a network. Who wants more asks for it, where it is recorded.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use uuid::Uuid;

use super::WebhookKind;

/// Before the id of a delivery in `webhook-id`.
const PREFIX: &str = "msg_";

/// An event for one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct WebhookMessage<'a> {
    /// The kind.
    pub kind: WebhookKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The network.
    pub network: &'a str,
    /// What it is about.
    pub object: Uuid,
}

impl WebhookMessage<'_> {
    /// The body, the same at every attempt.
    pub fn body(&self) -> Vec<u8> {
        let body = json!({
            "type": self.kind.as_str(),
            "timestamp": self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "network": self.network,
            "data": { self.kind.id_field(): self.object.to_string() },
        });
        body.to_string().into_bytes()
    }
}

/// The `webhook-id` of a delivery.
pub fn webhook_id(delivery: Uuid) -> String {
    format!("{PREFIX}{}", delivery.simple())
}

/// The delivery of a `webhook-id`.
pub fn delivery_of(webhook_id: &str) -> Option<Uuid> {
    Uuid::try_parse(webhook_id.strip_prefix(PREFIX)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_as_documented() {
        let message = WebhookMessage {
            kind: WebhookKind::OrderPlaced,
            at: DateTime::from_timestamp(1_790_000_000, 5_000).unwrap(),
            network: "HAM",
            object: Uuid::from_u128(7),
        };
        let body = String::from_utf8(message.body()).unwrap();
        assert_eq!(
            body,
            r#"{"type":"order.placed","timestamp":"2026-09-21T14:13:20.000005Z","network":"HAM","data":{"order_id":"00000000-0000-0000-0000-000000000007"}}"#
        );
    }

    #[test]
    fn an_id_leads_back_and_holds_no_full_stop() {
        let id = webhook_id(Uuid::from_u128(7));
        assert_eq!(delivery_of(&id), Some(Uuid::from_u128(7)));
        assert!(!id.contains('.'));
        assert_eq!(delivery_of("7"), None);
    }
}
