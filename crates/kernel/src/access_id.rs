//! The identifier of one delivery point.

use crate::{IdentityNumber, ParseError, word::word};

/// An access id as ON-API 2.6 writes it: one to 36 of `-0-9a-zA-Z.`, unique in its network.
///
/// An access id appears in URLs and events, so a value that is a valid personal identity number is refused.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct AccessId(String);

impl AccessId {
    const REFUSED: ParseError = ParseError::new(
        "ACCESS_ID_INVALID",
        "an access id is 1 to 36 letters, digits, hyphens or full stops",
    );
    const PERSONAL: ParseError = ParseError::new(
        "ACCESS_ID_PERSONAL",
        "an access id must not be a personal identity number",
    );

    /// Takes an id exactly as the network writes it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if !(1..=36).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(Self::REFUSED);
        }
        if IdentityNumber::is_shaped_like(text) || IdentityNumber::stands_in(text) {
            return Err(Self::PERSONAL);
        }
        Ok(Self(text.to_owned()))
    }
}

word!(AccessId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_on_api_takes() {
        for right in ["81883", "ABC-123-XYZ", "a.b", "0"] {
            assert!(AccessId::parse(right).is_ok(), "{right}");
        }
        let long = "x".repeat(37);
        for wrong in ["", "a b", "å", "a/b", "a_b", long.as_str()] {
            assert_eq!(
                AccessId::parse(wrong).unwrap_err().reason,
                "ACCESS_ID_INVALID",
                "{wrong}"
            );
        }
    }

    #[test]
    fn refuses_an_identity_number_in_every_spelling() {
        for personal in ["19900118-9811", "199001189811", "900118-9811", "9001189811"] {
            assert_eq!(
                AccessId::parse(personal).unwrap_err().reason,
                "ACCESS_ID_PERSONAL"
            );
        }
        assert!(
            AccessId::parse("9001189812").is_ok(),
            "a wrong check digit is no identity number"
        );
        for personal in ["A-19900118-9811", "900118-9811.B", "X199001189811"] {
            assert!(AccessId::parse(personal).is_err(), "{personal}");
        }
        for right in ["A-9001189811", "119900118-9811", "A-19900118-9812"] {
            assert!(AccessId::parse(right).is_ok(), "{right}");
        }
    }
}
