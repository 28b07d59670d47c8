//! The code of a network, our tenant.

use crate::{ParseError, word::word};

/// A network's letter code (`coId`), for example `SNFDMO`: three to ten letters A–Z.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkCode(String);

impl NetworkCode {
    const REFUSED: ParseError = ParseError::new(
        "NETWORK_CODE_INVALID",
        "a network code is three to ten letters A to Z",
    );

    /// Takes a code exactly as it is written, in upper case.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let right = (3..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
        if right {
            Ok(Self(text.to_owned()))
        } else {
            Err(Self::REFUSED)
        }
    }
}

word!(NetworkCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_three_to_ten_capital_letters_and_nothing_else() {
        for right in ["SNF", "SNFDMO", "ABCDEFGHIJ"] {
            assert_eq!(NetworkCode::parse(right).unwrap().as_str(), right);
        }
        for wrong in ["", "AB", "ABCDEFGHIJK", "snf", "SN1", "ÅÄÖ", " SNF"] {
            assert!(NetworkCode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
