//! A contact as staff enter it.

use kernel::{Email, ParseError, PersonName, Phone, Violation};

use super::consent::Language;

/// A company's name or a title is at most this long: it stands in one line of a list.
const TEXT_MAX: usize = 120;

/// Where a contact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactState {
    /// Waits for the person's yes; nobody reads it.
    Quarantined,
    /// The person has said yes.
    Confirmed,
}

/// How the network came by a contact (REG-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactSource {
    /// Met at a fair.
    Fair,
    /// Called.
    Phone,
    /// Wrote.
    Email,
    /// Filled in a form.
    Web,
    /// Met.
    Meeting,
}

/// What staff typed, before it is checked.
#[derive(Clone, Default)]
pub struct ContactInput {
    /// Full name.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// May be empty.
    pub phone: String,
    /// May be empty.
    pub company: String,
    /// May be empty.
    pub title: String,
    /// How the network came by the contact.
    pub source: Option<ContactSource>,
    /// Whether the person asked for the newsletter.
    pub newsletter: bool,
    /// "sv" or "en"; empty means Swedish.
    pub language: String,
}

/// A contact that may be stored.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Full name.
    pub name: PersonName,
    /// Where the confirmation goes.
    pub email: Email,
    /// Where the person is called.
    pub phone: Option<Phone>,
    /// The company, or empty.
    pub company: String,
    /// The title, or empty.
    pub title: String,
    /// How the network came by the contact.
    pub source: ContactSource,
    /// Whether the person asked for the newsletter.
    pub newsletter: bool,
    /// In which language the person is written to.
    pub language: Language,
}

impl NewContact {
    /// Checks every field and reports every violation at once.
    pub fn parse(input: &ContactInput) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let name = taken(
            "name",
            &input.name,
            PersonName::parse(&input.name),
            &mut wrong,
        );
        let email = taken(
            "email",
            &input.email,
            Email::parse(&input.email),
            &mut wrong,
        );
        let phone = match input.phone.trim() {
            "" => None,
            phone => taken("phone", phone, Phone::parse(phone), &mut wrong),
        };
        let company = line("company", &input.company, &mut wrong);
        let title = line("title", &input.title, &mut wrong);
        if input.source.is_none() {
            wrong.push(Violation::new(
                "source",
                "",
                "source says how the network came by the contact",
            ));
        }
        let language = taken(
            "language",
            &input.language,
            Language::parse(&input.language),
            &mut wrong,
        );
        match (name, email, input.source, language) {
            (Some(name), Some(email), Some(source), Some(language)) if wrong.is_empty() => {
                Ok(Self {
                    name,
                    email,
                    phone,
                    company,
                    title,
                    source,
                    newsletter: input.newsletter,
                    language,
                })
            }
            _ => Err(wrong),
        }
    }
}

impl ContactState {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
            Self::Confirmed => "confirmed",
        }
    }

    /// From the database.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Quarantined, Self::Confirmed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

impl ContactSource {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fair => "fair",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Web => "web",
            Self::Meeting => "meeting",
        }
    }

    /// From the database.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Fair,
            Self::Phone,
            Self::Email,
            Self::Web,
            Self::Meeting,
        ]
        .into_iter()
        .find(|source| source.as_str() == text)
    }
}

fn taken<T>(
    field: &str,
    value: &str,
    parsed: Result<T, ParseError>,
    wrong: &mut Vec<Violation>,
) -> Option<T> {
    parsed
        .map_err(|refused| wrong.push(Violation::masked(field, value, refused.rule)))
        .ok()
}

fn line(field: &str, value: &str, wrong: &mut Vec<Violation>) -> String {
    let text = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
        wrong.push(Violation::masked(
            field,
            value,
            format!("{field} is one line of at most {TEXT_MAX} characters"),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> ContactInput {
        ContactInput {
            name: "Åsa Öberg".to_owned(),
            email: "asa.oberg@example.se".to_owned(),
            phone: "070-174 06 05".to_owned(),
            source: Some(ContactSource::Fair),
            ..ContactInput::default()
        }
    }

    #[test]
    fn phone_company_title_and_language_may_be_left_out() {
        let contact = NewContact::parse(&ContactInput {
            phone: " ".to_owned(),
            ..input()
        })
        .unwrap();
        assert!(contact.phone.is_none());
        assert_eq!(contact.language, Language::Swedish);
        assert_eq!(
            NewContact::parse(&input())
                .unwrap()
                .phone
                .unwrap()
                .canonical(),
            "+46701740605"
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_without_the_values() {
        let wrong = ContactInput {
            name: "17".to_owned(),
            email: "asa@".to_owned(),
            phone: "7".to_owned(),
            company: "x".repeat(121),
            title: "a\u{0}b".to_owned(),
            source: None,
            newsletter: false,
            language: "fi".to_owned(),
        };
        let violations = NewContact::parse(&wrong).unwrap_err();
        let fields: Vec<_> = violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(
            fields,
            [
                "name", "email", "phone", "company", "title", "source", "language"
            ]
        );
        assert!(!format!("{violations:?}").contains("asa@"));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for state in [ContactState::Quarantined, ContactState::Confirmed] {
            assert_eq!(ContactState::parse(state.as_str()), Some(state));
        }
        for source in [
            ContactSource::Fair,
            ContactSource::Phone,
            ContactSource::Email,
            ContactSource::Web,
            ContactSource::Meeting,
        ] {
            assert_eq!(ContactSource::parse(source.as_str()), Some(source));
        }
    }
}
