//! The identifier of a service provider.

use crate::{ParseError, word::word};

/// A provider's id, for example `nordfiber`: a small letter, then one to 31 small letters, digits or hyphens.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderId(String);

impl ProviderId {
    const REFUSED: ParseError = ParseError::new(
        "PROVIDER_ID_INVALID",
        "a provider id is 2 to 32 small letters, digits or hyphens and begins with a letter",
    );

    /// Takes an id exactly as it is written.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if begins && (2..=32).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Self::REFUSED)
        }
    }
}

word!(ProviderId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_a_letter_and_stays_small() {
        let longest = format!("a{}", "b".repeat(31));
        for right in ["ab", "nordfiber", "sp-2", longest.as_str()] {
            assert!(ProviderId::parse(right).is_ok(), "{right}");
        }
        let too_long = format!("a{}", "b".repeat(32));
        for wrong in ["", "a", "2sp", "-sp", "SP", "s p", too_long.as_str()] {
            assert!(ProviderId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
