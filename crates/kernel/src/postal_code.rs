//! Postal codes, by the rules of the country.

use crate::{CountryCode, ParseError};

/// A postal code without spaces, right for its country.
///
/// Sweden: five digits, the first not zero. Norway and Denmark: four digits. Finland: five digits, `00100` exists.
/// Other countries: two to ten letters, digits or hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(into = "String")]
pub struct PostalCode(String);

impl PostalCode {
    /// Takes a code with or without spaces and with or without the country in front, in any letters (`SE-721 34`).
    pub fn parse(country: &CountryCode, text: &str) -> Result<Self, ParseError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let begins = |prefix: &&&str| {
            let head = compact.get(..prefix.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        let prefix = prefixes(country.as_str()).iter().find(begins);
        let code = compact[prefix.map_or(0, |prefix| prefix.len())..].to_owned();
        match refusal(country.as_str(), &code) {
            None => Ok(Self(code)),
            Some(refused) => Err(refused),
        }
    }

    /// The code without spaces: `72134`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as the country's post writes it: `721 34` in Sweden.
    pub fn display(&self, country: &CountryCode) -> String {
        match (country.as_str(), self.0.split_at_checked(3)) {
            ("SE", Some((head, tail))) => format!("{head} {tail}"),
            _ => self.0.clone(),
        }
    }
}

impl std::fmt::Display for PostalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> Self {
        code.0
    }
}

fn prefixes(country: &str) -> &'static [&'static str] {
    match country {
        "SE" => &["SE-", "S-", "SE", "S"],
        "NO" => &["NO-", "N-", "NO", "N"],
        "DK" => &["DK-", "DK"],
        // Åland has Finnish codes, and a country code of its own.
        "FI" | "AX" => &["FI-", "FIN-", "AX-", "FIN", "FI", "AX"],
        _ => &[],
    }
}

fn refusal(country: &str, code: &str) -> Option<ParseError> {
    let digits = |length: usize| code.len() == length && code.bytes().all(|b| b.is_ascii_digit());
    let (right, rule) = match country {
        "SE" => (
            digits(5) && !code.starts_with('0'),
            "a Swedish postal code is five digits and does not begin with 0",
        ),
        "NO" => (digits(4), "a Norwegian postal code is four digits"),
        "DK" => (digits(4), "a Danish postal code is four digits"),
        "FI" | "AX" => (digits(5), "a Finnish postal code is five digits"),
        _ => (
            (2..=10).contains(&code.len())
                && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            "a postal code is 2 to 10 letters, digits or hyphens",
        ),
    };
    (!right).then_some(ParseError::new("POSTAL_CODE_INVALID", rule))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(country: &str, text: &str) -> Result<String, ParseError> {
        PostalCode::parse(&CountryCode::parse(country).unwrap(), text).map(String::from)
    }

    #[test]
    fn each_country_has_its_own_rule() {
        for (country, text, stored) in [
            ("SE", "721 34", "72134"),
            ("SE", " SE-721 34 ", "72134"),
            ("SE", "S-72134", "72134"),
            ("SE", "s 721 34", "72134"),
            ("SE", "se-72134", "72134"),
            ("FI", "AX-22100", "22100"),
            ("AX", "AX-22100", "22100"),
            ("NO", "0150", "0150"),
            ("DK", "DK-1050", "1050"),
            ("FI", "00100", "00100"),
            ("DE", "10115", "10115"),
        ] {
            assert_eq!(parse(country, text).unwrap(), stored);
        }
        for (country, text) in [
            ("SE", "01234"),
            ("SE", "7213"),
            ("NO", "72134"),
            ("DK", "10501"),
            ("FI", "0010"),
            ("SE", "٧٢١٣٤"),
        ] {
            assert_eq!(
                parse(country, text).unwrap_err().reason,
                "POSTAL_CODE_INVALID",
                "{country} {text}"
            );
        }
    }

    #[test]
    fn is_shown_as_the_post_writes_it() {
        let sweden = CountryCode::sweden();
        assert_eq!(
            PostalCode::parse(&sweden, "72134")
                .unwrap()
                .display(&sweden),
            "721 34"
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in ".*", country in "(SE|NO|DK|FI|DE)") {
            if let Ok(code) = parse(&country, &text) {
                prop_assert_eq!(parse(&country, &code).unwrap(), code);
            }
        }
    }
}
