//! An order is handed over to the provider's system: once. ON-API has no key by which the provider would know a repeated
//! order, so a call is made again only where it is certain that nothing has arrived; where it is not, staff decide.

use std::time::Duration;

use serde::Deserialize;
use service_kit::outgoing::Backoff;

/// Longest text of a provider that is kept, in characters; what is longer is cut.
pub const TEXT_MAX_CHARS: usize = 1_000;

/// When a handover is tried again that has not arrived: after 10 s, doubling up to an hour, until the deadline.
pub const fn retry(deadline: Duration) -> Backoff {
    Backoff {
        first: Duration::from_secs(10),
        longest: Duration::from_hours(1),
        give_up: deadline,
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What a word means.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// What is told.
    HandoverKind {
        /// A customer has ordered: the provider is to deliver, or to refuse.
        Order = "order",
        /// The network has activated what a customer ordered.
        ActivationNotice = "activationnotice",
    }
}

words! {
    /// How far it has come.
    HandoverState {
        /// It is to be sent, or sent again: nothing has arrived.
        Waiting = "waiting",
        /// A call is under way, or was when its process was killed.
        Sending = "sending",
        /// The provider has taken it.
        Confirmed = "confirmed",
        /// The provider has refused the order.
        Rejected = "rejected",
        /// The provider's system has found the call wrong.
        Refused = "refused",
        /// It may have arrived, or not.
        Uncertain = "uncertain",
        /// Nothing has arrived until the deadline.
        GivenUp = "given_up",
        /// There was nothing to hand over any more.
        Superseded = "superseded",
    }
}

impl HandoverState {
    /// Whether staff must do something about it.
    pub const fn needs_staff(self) -> bool {
        matches!(self, Self::Refused | Self::Uncertain | Self::GivenUp)
    }
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has taken the order; with a message to the customer.
    Confirmed(String),
    /// It has refused the order; with a message to the customer.
    Rejected(String),
    /// It was told.
    Told,
    /// It is certain that it has not taken it: again, not before so many seconds.
    NotTaken(&'static str, u64),
    /// The call is wrong, and would be again; with a cause that is not for the customer.
    Refused(String),
    /// Nobody knows.
    Uncertain(&'static str, String),
}

#[derive(Deserialize)]
struct Answered {
    // The specification's example has `status` once.
    #[serde(alias = "status")]
    state: String,
    #[serde(default, alias = "externalMessage")]
    external_message: Option<String>,
}

#[derive(Deserialize)]
struct Cause {
    cause: String,
}

impl Outcome {
    /// Of an answer. `retry_after` is the header's number of seconds, if it has one.
    pub fn of(kind: HandoverKind, status: u16, retry_after: Option<u64>, body: &[u8]) -> Self {
        match status {
            200 if kind == HandoverKind::ActivationNotice => Self::Told,
            200 => Self::of_order(body),
            // The call did not get as far as the function.
            401 | 403 => Self::NotTaken("credential", 0),
            404 | 405 | 501 => Self::NotTaken("no_function", 0),
            301 | 307 | 308 => Self::NotTaken("redirect", 0),
            429 => Self::NotTaken("busy", retry_after.unwrap_or(0)),
            // Who says when to come again says that it is to be done again.
            503 if retry_after.is_some() => Self::NotTaken("busy", retry_after.unwrap_or(0)),
            400..=499 => Self::Refused(cause(body)),
            _ => Self::Uncertain("status", cause(body)),
        }
    }

    fn of_order(body: &[u8]) -> Self {
        let Ok(answered) = serde_json::from_slice::<Answered>(body) else {
            return Self::Uncertain("answer_unreadable", String::new());
        };
        let message = text(&answered.external_message.unwrap_or_default());
        match answered.state.as_str() {
            "CONFIRMED" => Self::Confirmed(message),
            "REJECTED" => Self::Rejected(message),
            _ => Self::Uncertain("answer_unreadable", message),
        }
    }
}

fn cause(body: &[u8]) -> String {
    let cause = serde_json::from_slice::<Cause>(body);
    cause.map(|found| text(&found.cause)).unwrap_or_default()
}

/// One line of a text of a provider, cut.
fn text(raw: &str) -> String {
    let plain = raw.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut: String = plain.take(TEXT_MAX_CHARS).collect();
    cut.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, retry_after: Option<u64>, body: &str) -> Outcome {
        Outcome::of(HandoverKind::Order, status, retry_after, body.as_bytes())
    }

    #[test]
    fn an_order_is_taken_or_refused_in_the_words_of_the_specification() {
        let told = |state: &str| format!(r#"{{"{state}","externalMessage":" Tack\n! "}}"#);
        let confirmed = Outcome::Confirmed("Tack !".to_owned());
        assert_eq!(of(200, None, &told(r#"state":"CONFIRMED"#)), confirmed);
        assert_eq!(of(200, None, &told(r#"status":"CONFIRMED"#)), confirmed);
        let rejected = Outcome::Rejected(String::new());
        assert_eq!(of(200, None, r#"{"state":"REJECTED"}"#), rejected);
        let long = format!(
            r#"{{"state":"REJECTED","externalMessage":"{}"}}"#,
            "x".repeat(5_000)
        );
        assert_eq!(
            of(200, None, &long),
            Outcome::Rejected("x".repeat(TEXT_MAX_CHARS))
        );
    }

    #[test]
    fn only_what_was_certainly_not_taken_is_sent_again() {
        for (status, retry_after, wait) in [
            (401, None, 0),
            (403, None, 0),
            (404, None, 0),
            (308, None, 0),
            (429, None, 0),
            (429, Some(60), 60),
            (501, None, 0),
            (503, Some(5), 5),
        ] {
            let outcome = of(status, retry_after, "{}");
            assert!(
                matches!(outcome, Outcome::NotTaken(_, w) if w == wait),
                "{status}"
            );
        }
        for status in [200, 201, 202, 204, 302, 303, 500, 502, 503, 504] {
            let outcome = of(status, None, "<html>");
            assert!(matches!(outcome, Outcome::Uncertain(..)), "{status}");
        }
        let cause = r#"{"cause":"Unknown access"}"#;
        for status in [400, 409, 422] {
            assert_eq!(
                of(status, None, cause),
                Outcome::Refused("Unknown access".to_owned())
            );
        }
    }

    #[test]
    fn a_notice_is_told_by_200_whatever_else_is_said() {
        let told = Outcome::of(HandoverKind::ActivationNotice, 200, None, b"");
        assert_eq!(told, Outcome::Told);
    }
}
