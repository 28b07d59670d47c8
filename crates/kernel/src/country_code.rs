//! The country of an address.

use crate::{ParseError, word::word};

/// An ISO 3166-1 alpha-2 code, for example `SE`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(String);

impl CountryCode {
    const REFUSED: ParseError = ParseError::new(
        "COUNTRY_CODE_INVALID",
        "a country code is two letters as in ISO 3166, for example SE",
    );

    /// Takes two letters in either case.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(Self::REFUSED)
        }
    }

    /// Sweden, the default wherever no country is given.
    pub fn sweden() -> Self {
        Self("SE".to_owned())
    }
}

word!(CountryCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_capitals() {
        assert_eq!(CountryCode::parse("se").unwrap(), CountryCode::sweden());
        for wrong in ["", "S", "SWE", "1E", "ÅÅ"] {
            assert!(CountryCode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
