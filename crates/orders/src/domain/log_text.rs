//! What the log of an order says in our own words: it is kept as an English text, and read again to be said in another
//! language. It names nobody.

use std::fmt;

use super::message_type::MessageType;
use super::provider_system::handover::HandoverState;
use super::status::OrderStatus;

/// Between the state before and the state after.
const TO: &str = " → ";
const CONFIRMATION: &str = "confirmation to the customer";
const ORDER: &str = "order to the provider, without personal data";
const REMINDED: &str = "reminder to the provider, number ";
const FETCHED: &str = "personal data fetched, purpose: ";
const HANDED_OVER: &str = "handed over to the provider's system: ";

/// A text of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogText {
    /// There is an order.
    Placed,
    /// It has moved.
    Moved {
        /// The state before.
        from: OrderStatus,
        /// The state after.
        to: OrderStatus,
    },
    /// The customer has got a mail.
    MailedCustomer,
    /// The provider has got a mail.
    MailedProvider,
    /// The provider has got a mail that it has not received the order.
    Reminded {
        /// Counts from 1.
        number: u32,
    },
    /// The network was told that the provider has not.
    Escalated,
    /// The provider has fetched the personal data.
    Disclosed {
        /// The class of the purpose.
        class: &'static str,
    },
    /// It was handed over to the provider's system, or not.
    HandedOver(HandoverState),
    /// The words are the provider's.
    Message,
    /// So are these, and they are meant so.
    Told(MessageType),
}

impl LogText {
    /// The kind of the line.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Moved { .. } => "status",
            Self::MailedCustomer | Self::MailedProvider => "mailed",
            Self::Reminded { .. } => "reminded",
            Self::Escalated => "escalated",
            Self::Disclosed { .. } => "disclosed",
            Self::HandedOver(_) => "handover",
            Self::Message | Self::Told(_) => "message",
        }
    }
}

impl fmt::Display for LogText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placed => f.write_str("order placed"),
            Self::Moved { from, to } => write!(f, "{from}{TO}{to}"),
            Self::MailedCustomer => f.write_str(CONFIRMATION),
            Self::MailedProvider => f.write_str(ORDER),
            Self::Reminded { number } => write!(f, "{REMINDED}{number}"),
            Self::Escalated => f.write_str("the network was told that the order is not received"),
            Self::Disclosed { class } => write!(f, "{FETCHED}{class}"),
            Self::HandedOver(state) => write!(f, "{HANDED_OVER}{}", state.as_str()),
            Self::Message => Ok(()),
            Self::Told(kind) => f.write_str(kind.as_str()),
        }
    }
}

/// What a line of this kind and this text says, as codes; see `OrderLogEntry.details` in orders.proto.
pub fn details(kind: &str, text: &str) -> Vec<String> {
    let codes = match (kind, text) {
        ("status", text) => text.split(TO).collect(),
        ("mailed", CONFIRMATION) => vec!["customer"],
        ("mailed", ORDER) => vec!["provider"],
        ("reminded", text) => text.strip_prefix(REMINDED).into_iter().collect(),
        ("disclosed", text) => text.strip_prefix(FETCHED).into_iter().collect(),
        ("handover", text) => text.strip_prefix(HANDED_OVER).into_iter().collect(),
        ("message", text) if MessageType::parse(text).is_some() => vec![text],
        _ => Vec::new(),
    };
    codes.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let moved = LogText::Moved {
            from: OrderStatus::New,
            to: OrderStatus::Active,
        };
        for (text, codes) in [
            (LogText::Placed, vec![]),
            (moved, vec!["new", "active"]),
            (LogText::MailedCustomer, vec!["customer"]),
            (LogText::MailedProvider, vec!["provider"]),
            (LogText::Disclosed { class: "support" }, vec!["support"]),
            (LogText::Reminded { number: 2 }, vec!["2"]),
            (LogText::Escalated, vec![]),
            (
                LogText::HandedOver(HandoverState::GivenUp),
                vec!["given_up"],
            ),
            (LogText::Message, vec![]),
            (LogText::Told(MessageType::Alert), vec!["alert"]),
        ] {
            assert_eq!(details(text.kind(), &text.to_string()), codes, "{text:?}");
        }
        assert_eq!(details("message", "new → active"), Vec::<String>::new());
    }
}
