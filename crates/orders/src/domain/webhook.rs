//! Events that are pushed to providers' endpoints, as Standard Webhooks 1.0.0 (https://www.standardwebhooks.com) has it.

pub mod message;
pub mod secret;

use std::time::Duration;

use kernel::{Violation, typed_id};
use service_kit::outgoing::Backoff;
use url::Url;

typed_id!(WebhookEndpointId);

/// Endpoints of one provider in one network.
pub const ENDPOINTS_MAX: u64 = 5;
/// Longest name of an endpoint.
pub const NAME_MAX_CHARS: usize = 40;
/// Longest address of an endpoint.
pub const URL_MAX_CHARS: usize = 500;
/// Hours for which the secret before is valid beside a new one.
pub const OVERLAP_HOURS: i64 = 24;
/// Days that a delivery is kept when it is over.
pub const KEPT_DAYS: i64 = 14;
/// How long a delivery is tried.
pub const GIVE_UP_HOURS: u64 = 3 * 24;
/// When a delivery is tried again: after 10 s, doubling up to 4 h, for three days.
pub const RETRY: Backoff = Backoff {
    first: Duration::from_secs(10),
    longest: Duration::from_hours(4),
    give_up: Duration::from_hours(GIVE_UP_HOURS),
};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookKind {
    /// A customer has ordered.
    OrderPlaced,
    /// An order is in another state, not by its customer's act.
    OrderChanged,
    /// The customer has cancelled.
    OrderCancelled,
    /// The customer has withdrawn.
    OrderWithdrawn,
    /// There is a notice to read: of a right that a person has used.
    NoticeWaiting,
    /// A technical order is new, different or gone.
    TechnicalOrderChanged,
    /// A subscription is new, different or gone.
    SubscriptionChanged,
    /// Somebody tries the endpoint. Nobody subscribes to it.
    EndpointPing,
}

impl WebhookKind {
    /// What can be subscribed to.
    pub const SUBSCRIBED: [Self; 7] = [
        Self::OrderPlaced,
        Self::OrderChanged,
        Self::OrderCancelled,
        Self::OrderWithdrawn,
        Self::NoticeWaiting,
        Self::TechnicalOrderChanged,
        Self::SubscriptionChanged,
    ];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::OrderChanged => "order.changed",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderWithdrawn => "order.withdrawn",
            Self::NoticeWaiting => "notice.waiting",
            Self::TechnicalOrderChanged => "technical_order.changed",
            Self::SubscriptionChanged => "subscription.changed",
            Self::EndpointPing => "endpoint.ping",
        }
    }

    /// The kind of a word; also of [`Self::EndpointPing`].
    pub fn parse(word: &str) -> Option<Self> {
        let mut all = Self::SUBSCRIBED.into_iter().chain([Self::EndpointPing]);
        all.find(|kind| kind.as_str() == word)
    }

    /// How the body names the thing that it is about.
    pub const fn id_field(self) -> &'static str {
        match self {
            Self::OrderPlaced
            | Self::OrderChanged
            | Self::OrderCancelled
            | Self::OrderWithdrawn => "order_id",
            Self::NoticeWaiting => "notice_id",
            Self::TechnicalOrderChanged => "technical_order_id",
            Self::SubscriptionChanged => "subscription_id",
            Self::EndpointPing => "endpoint_id",
        }
    }
}

/// An endpoint as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct EndpointInput {
    /// Its name.
    pub name: String,
    /// Where.
    pub url: String,
    /// Words of kinds.
    pub kinds: Vec<String>,
    /// Whether it is told of events.
    pub active: bool,
}

/// An endpoint that may be.
#[derive(Clone, Debug)]
pub struct EndpointRequest {
    /// Its name.
    pub name: String,
    /// Where. Whether it may be called is not said here.
    pub url: Url,
    /// Without repetitions.
    pub kinds: Vec<WebhookKind>,
    /// Whether it is told of events.
    pub active: bool,
}

impl EndpointRequest {
    /// Every field that breaks its rule. The address is not repeated: it may hold a secret.
    pub fn parse(input: &EndpointInput) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, rule: &str| {
            wrong.push(Violation::new(format!("endpoint.{field}"), "", rule));
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let length = input.name.len();
        if length == 0 || length > NAME_MAX_CHARS || !input.name.chars().all(plain) {
            refuse("name", "1 to 40 small letters, digits and hyphens");
        }
        let url = parse_url(&input.url);
        if url.is_none() {
            refuse(
                "url",
                "an https address of at most 500 characters, without a user and a fragment",
            );
        }
        let mut kinds = Vec::new();
        for word in &input.kinds {
            let known = WebhookKind::SUBSCRIBED
                .into_iter()
                .find(|kind| kind.as_str() == word);
            match known {
                Some(kind) if !kinds.contains(&kind) => kinds.push(kind),
                Some(_) => {}
                None => refuse("kinds", "kinds of events, as order.placed"),
            }
        }
        if input.kinds.is_empty() {
            refuse("kinds", "one kind of event at least");
        }
        match url {
            Some(url) if wrong.is_empty() => Ok(Self {
                name: input.name.clone(),
                url,
                kinds,
                active: input.active,
            }),
            _ => Err(wrong),
        }
    }
}

fn parse_url(text: &str) -> Option<Url> {
    if text.chars().count() > URL_MAX_CHARS {
        return None;
    }
    let url: Url = text.parse().ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (bare && matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_and_no_address_repeated() {
        let right = EndpointInput {
            name: "orders-1".to_owned(),
            url: "https://sp.example.se/hooks?key=s3cret".to_owned(),
            kinds: vec!["order.placed".to_owned(), "order.placed".to_owned()],
            active: true,
        };
        let parsed = EndpointRequest::parse(&right).unwrap();
        assert_eq!(parsed.kinds, [WebhookKind::OrderPlaced]);
        for url in [
            "s3cret",
            "ftp://sp.example.se/s3cret",
            "https://u:s3cret@sp.example.se/",
            "https://sp.example.se/#s3cret",
            "https://",
        ] {
            let input = EndpointInput {
                name: "Å".to_owned(),
                url: url.to_owned(),
                kinds: vec!["endpoint.ping".to_owned()],
                active: true,
            };
            let wrong = EndpointRequest::parse(&input).unwrap_err();
            let fields: Vec<_> = wrong.iter().map(|v| v.field.as_str()).collect();
            assert_eq!(
                fields,
                ["endpoint.name", "endpoint.url", "endpoint.kinds"],
                "{url}"
            );
            assert!(!format!("{wrong:?}").contains("s3cret"));
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in WebhookKind::SUBSCRIBED {
            assert_eq!(WebhookKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(WebhookKind::parse("order.eaten"), None);
    }
}
