//! Why a provider fetches personal data.
//!
//! The provider's own words are kept sealed and told to the person. What leaves the service over the bus is only the
//! class of the purpose, because free text can name a person.

/// Longest purpose, in characters: a sentence, not a letter.
pub const MAX_CHARS: usize = 200;

/// A purpose in the provider's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(String);

/// The text is no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("3 to 200 characters that say why")]
pub struct PurposeError;

impl Purpose {
    /// Takes 3 to [`MAX_CHARS`] characters.
    pub fn parse(text: &str) -> Result<Self, PurposeError> {
        let text = text.trim();
        let chars = text.chars().count();
        if !(3..=MAX_CHARS).contains(&chars) || text.chars().any(char::is_control) {
            return Err(PurposeError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The class, which names nobody: the first of a closed list that the words contain, else "other".
    pub fn class(&self) -> &'static str {
        const CLASSES: [(&str, &str); 8] = [
            ("deliver", "delivery"),
            ("leverans", "delivery"),
            ("leverera", "delivery"),
            ("support", "support"),
            ("billing", "billing"),
            ("invoic", "billing"),
            ("faktur", "billing"),
            ("contact", "contact"),
        ];
        let words = self.0.to_lowercase();
        CLASSES
            .iter()
            .find(|(part, _)| words.contains(part))
            .map_or("other", |(_, class)| class)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn the_class_never_repeats_the_words() {
        assert_eq!(
            Purpose::parse("Deliver the order to Anna").unwrap().class(),
            "delivery"
        );
        assert_eq!(Purpose::parse("Fakturering").unwrap().class(), "billing");
        assert_eq!(Purpose::parse("Anna Andersson").unwrap().class(), "other");
    }

    #[test]
    fn a_purpose_says_something() {
        assert!(Purpose::parse(" x ").is_err());
        assert!(Purpose::parse(&"x".repeat(201)).is_err());
    }
}
