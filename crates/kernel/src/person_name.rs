//! Names of people.

use unicode_normalization::UnicodeNormalization;

use crate::{ParseError, word::redacted};

/// A person's full name as written, with single spaces: 1 to 120 characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

redacted!(PersonName);

impl PersonName {
    const REFUSED: ParseError = ParseError::new(
        "PERSON_NAME_INVALID",
        "a name is 1 to 120 characters with at least one letter and no control characters",
    );

    /// Takes a name in any script; runs of white space become one space.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let name = single_spaces(&text.nfc().collect::<String>());
        let right = (1..=120).contains(&name.chars().count())
            && name.chars().any(char::is_alphabetic)
            && !name.chars().any(char::is_control);
        if right {
            Ok(Self(name))
        } else {
            Err(Self::REFUSED)
        }
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one name share: NFKC, case folded, single spaces, one kind of hyphen and apostrophe.
    ///
    /// Diacritics stay: Åsa and Asa are two names.
    pub fn normalised(&self) -> String {
        let folded: String = self
            .0
            .nfkc()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .map(one_kind)
            .collect();
        single_spaces(&folded.nfkc().collect::<String>())
    }
}

fn one_kind(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{00b4}' | '\u{02bc}' => '\'',
        'ς' => 'σ',
        other => other,
    }
}

fn single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalised(text: &str) -> String {
        PersonName::parse(text).unwrap().normalised()
    }

    #[test]
    fn spellings_of_one_name_meet_and_other_names_do_not() {
        assert_eq!(normalised("ÅSA  Öberg"), normalised("åsa öberg"));
        assert_eq!(normalised("A\u{30a}sa"), normalised("Åsa"));
        assert_eq!(normalised("Anna\u{2011}Lena"), normalised("anna-lena"));
        assert_eq!(normalised("O\u{2019}Neill"), normalised("o'neill"));
        assert_eq!(normalised("STRAUSS"), normalised("Strauß"));
        assert_ne!(normalised("Åsa"), normalised("Asa"));
    }

    #[test]
    fn refuses_what_is_no_name() {
        let long = "a".repeat(121);
        for wrong in ["", "   ", "123", "A\u{0}B", long.as_str()] {
            assert!(PersonName::parse(wrong).is_err());
        }
        assert_eq!(
            format!("{:?}", PersonName::parse("Åsa").unwrap()),
            "PersonName(redacted)"
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in "\\PC{0,40}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(&PersonName::parse(name.as_str()).unwrap(), &name);
                let once = name.normalised();
                if let Ok(again) = PersonName::parse(&once) {
                    prop_assert_eq!(again.normalised(), once);
                }
            }
        }
    }
}
