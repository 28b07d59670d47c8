//! Organisation numbers.

use crate::{ParseError, luhn, word::redacted};

/// A Swedish organisation number: ten digits with a check digit (lag 1974:174).
///
/// A sole trader's is the owner's identity number and is treated as one; `Debug` therefore shows nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrganizationNumber(String);

redacted!(OrganizationNumber);

impl OrganizationNumber {
    const REFUSED: ParseError = ParseError::new(
        "ORGANIZATION_NUMBER_INVALID",
        "an organisation number is ten digits, written NNNNNN-NNNN, with a right check digit",
    );

    /// Takes ten digits with or without a hyphen, or twelve that begin with 16.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let joined = match compact.split_once('-') {
            Some((head, tail)) if tail.len() == 4 => format!("{head}{tail}"),
            Some(_) => return Err(Self::REFUSED),
            None => compact,
        };
        let short = match joined.len() {
            12 => joined.strip_prefix("16").ok_or(Self::REFUSED)?,
            _ => &joined,
        };
        let digits = luhn::digits(short).ok_or(Self::REFUSED)?;
        if digits.len() == 10 && luhn::holds(&digits) {
            Ok(Self(short.to_owned()))
        } else {
            Err(Self::REFUSED)
        }
    }

    /// Ten digits without a hyphen.
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// Whether this is a person's own number: a legal person's third digit is 2 or more.
    pub fn is_sole_trader(&self) -> bool {
        self.0.as_bytes()[2] < b'2'
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_companys_number_is_not_a_persons() {
        let agency = OrganizationNumber::parse("202100-5489").unwrap();
        assert_eq!(agency.canonical(), "2021005489");
        assert!(!agency.is_sole_trader());
        assert_eq!(OrganizationNumber::parse("162021005489").unwrap(), agency);
        assert!(
            OrganizationNumber::parse("900118-9811")
                .unwrap()
                .is_sole_trader()
        );
    }

    #[test]
    fn refuses_a_wrong_check_digit_and_shape() {
        for wrong in [
            "202100-5488",
            "2021005",
            "",
            "abc",
            "192021005489",
            "20210-05489",
        ] {
            assert!(OrganizationNumber::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            if let Ok(number) = OrganizationNumber::parse(&text) {
                prop_assert_eq!(&OrganizationNumber::parse(number.canonical()).unwrap(), &number);
            }
        }
    }
}
