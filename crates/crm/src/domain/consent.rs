//! What a person says yes to, word for word, by version: the evidence names the version.

use kernel::ParseError;

/// The version that new confirmations are asked with. A changed text is a new version; old ones stay.
pub const CURRENT_VERSION: &str = "2026-11";

/// The channel of a consent that came through the button behind a mailed link.
pub const CHANNEL_MAIL_LINK: &str = "mail_link";

/// A language that people are written to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// "sv"
    Swedish,
    /// "en"
    English,
}

impl Language {
    const REFUSED: ParseError = ParseError::new("LANGUAGE_INVALID", "a language is sv or en");

    /// "sv", "en", or empty for Swedish.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "" | "sv" => Ok(Self::Swedish),
            "en" => Ok(Self::English),
            _ => Err(Self::REFUSED),
        }
    }

    /// The word in links, mails and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }
}

/// The text of a version; nothing when there never was such a version.
pub fn text(version: &str, language: Language) -> Option<&'static str> {
    match (version, language) {
        ("2026-11", Language::Swedish) => Some(
            "Ja, nätet får spara mitt namn, min e-postadress, mitt telefonnummer, mitt företag och min titel för att hålla \
             kontakt med mig, och skicka nyhetsbrev om jag har bett om det. Jag kan när som helst ta tillbaka mitt \
             samtycke och få uppgifterna raderade.",
        ),
        ("2026-11", Language::English) => Some(
            "Yes, the network may keep my name, e-mail address, phone number, company and title to stay in touch with me, \
             and send newsletters if I have asked for them. I can withdraw my consent at any time and have the data \
             erased.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_version_exists_in_both_languages() {
        for language in [Language::Swedish, Language::English] {
            assert!(text(CURRENT_VERSION, language).is_some());
            assert_eq!(Language::parse(language.code()), Ok(language));
        }
        assert_eq!(text("1999-01", Language::Swedish), None);
    }
}
