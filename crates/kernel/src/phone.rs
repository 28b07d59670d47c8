//! Telephone numbers.

use crate::{ParseError, word::redacted};

/// A telephone number in E.164: `+46701740605`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

redacted!(Phone);

impl Phone {
    const REFUSED: ParseError = ParseError::new(
        "PHONE_INVALID",
        "a telephone number begins with 0 or + and has 7 to 15 digits",
    );

    /// Takes a number as people write it; without a country it is Swedish.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let compact: String = text
            .replace("(0)", "")
            .chars()
            .filter(|c| !c.is_whitespace() && !"-–()/.".contains(*c))
            .collect();
        let digits = if let Some(rest) = compact.strip_prefix('+') {
            rest.to_owned()
        } else if let Some(rest) = compact.strip_prefix("00") {
            rest.to_owned()
        } else if let Some(rest) = compact.strip_prefix('0') {
            format!("46{rest}")
        } else {
            return Err(Self::REFUSED);
        };
        // "+46 070…" is a common slip: the national zero does not belong after the country.
        let digits = match digits.strip_prefix("460") {
            Some(rest) => format!("46{rest}"),
            None => digits,
        };
        let right = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
            && !digits.starts_with("460");
        if right {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(Self::REFUSED)
        }
    }

    /// E.164, for storing and tokens.
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// What may be shown: `+46*****605`.
    pub fn masked(&self) -> String {
        let (head, tail) = (&self.0[..3], &self.0[self.0.len() - 3..]);
        format!("{head}{}{tail}", "*".repeat(self.0.len() - 6))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_one_line_is_one_number() {
        for text in [
            "070-174 06 05",
            "0701740605",
            "+46 70 174 06 05",
            "0046701740605",
            "+46 (0)70-174 06 05",
            "+46070 174 06 05",
        ] {
            assert_eq!(
                Phone::parse(text).unwrap().canonical(),
                "+46701740605",
                "{text}"
            );
        }
        assert_eq!(
            Phone::parse("+47 22 22 55 55").unwrap().canonical(),
            "+4722225555"
        );
        assert_eq!(Phone::parse("0701740605").unwrap().masked(), "+46******605");
    }

    #[test]
    fn refuses_what_is_no_number() {
        for wrong in [
            "",
            "112",
            "701740605",
            "+",
            "0",
            "07x1740605",
            "+1234567890123456",
            "+46 12",
            "+46 0000000",
        ] {
            assert!(Phone::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in "(.*)|([+0][0-9 ()-]{0,18})") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(&Phone::parse(phone.canonical()).unwrap(), &phone);
                let _ = phone.masked();
            }
        }
    }
}
