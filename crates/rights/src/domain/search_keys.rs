//! What a person is looked for by: parsed, bounded, never printed.

use api::privacy as pb;
use chrono::NaiveDate;
use kernel::{AccessId, Email, IdentityNumber, ParseError, PersonName, Phone, Violation};
use serde::{Deserialize, Serialize};

/// Identifiers of one kind in one request: a person has a handful; more is somebody fishing.
pub const MAX_PER_KIND: usize = 20;

/// Search keys of one request.
#[derive(Clone, Default)]
pub struct SearchKeys {
    identity_numbers: Vec<IdentityNumber>,
    emails: Vec<Email>,
    phones: Vec<Phone>,
    names_at_access: Vec<(PersonName, AccessId)>,
}

/// The sealed form.
#[derive(Serialize, Deserialize)]
struct Written {
    identity_numbers: Vec<String>,
    emails: Vec<String>,
    phones: Vec<String>,
    names_at_access: Vec<(String, String)>,
}

/// The identifier that the certificate's commitment is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    /// "identity_number", "email", "phone" or "name_at_access".
    pub kind: &'static str,
    /// The canonical spelling.
    pub canonical: String,
}

impl SearchKeys {
    /// Parses every key and reports everything that is wrong at once.
    ///
    /// # Errors
    /// One violation per refused key, with its path below `field` and a masked value.
    pub fn parse(
        field: &str,
        wire: &pb::SearchKeys,
        today: NaiveDate,
    ) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let identity_numbers = parse_all(
            field,
            "identity_numbers",
            &wire.identity_numbers,
            &mut wrong,
            |t| IdentityNumber::parse(t, today),
        );
        let emails = parse_all(field, "emails", &wire.emails, &mut wrong, Email::parse);
        let phones = parse_all(field, "phones", &wire.phones, &mut wrong, Phone::parse);
        let names_at_access = parse_names(field, &wire.names_at_access, &mut wrong);
        let keys = Self {
            identity_numbers,
            emails,
            phones,
            names_at_access,
        };
        if wrong.is_empty() && keys.is_empty() {
            wrong.push(Violation::new(
                field,
                "",
                "at least one identity number, e-mail, phone or name with access is needed",
            ));
        }
        if wrong.is_empty() {
            Ok(keys)
        } else {
            Err(wrong)
        }
    }

    /// Adds what is new of the kinds that may expand a search (decisions.md 16). Whether there was anything.
    pub fn expand(&mut self, found: Self) -> bool {
        let before = self.len();
        merge(&mut self.identity_numbers, found.identity_numbers, |k| {
            k.canonical().to_owned()
        });
        merge(&mut self.emails, found.emails, Email::canonical);
        merge(&mut self.phones, found.phones, |k| k.canonical().to_owned());
        self.len() > before
    }

    /// The text that is sealed.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written {
            identity_numbers: self
                .identity_numbers
                .iter()
                .map(|k| k.canonical().to_owned())
                .collect(),
            emails: self.emails.iter().map(|k| k.as_str().to_owned()).collect(),
            phones: self
                .phones
                .iter()
                .map(|k| k.canonical().to_owned())
                .collect(),
            names_at_access: self
                .names_at_access
                .iter()
                .map(|(n, a)| (n.as_str().to_owned(), a.as_str().to_owned()))
                .collect(),
        };
        serde_json::to_string(&written).expect("strings serialise")
    }

    /// From the text that was sealed; nothing when it is not ours.
    #[must_use]
    pub fn restore(json: &str, today: NaiveDate) -> Option<Self> {
        let Written {
            identity_numbers,
            emails,
            phones,
            names_at_access,
        } = serde_json::from_str(json).ok()?;
        let names_at_access = names_at_access
            .into_iter()
            .map(|(name, access_id)| pb::NameAtAccess { name, access_id })
            .collect();
        Self::parse(
            "keys",
            &pb::SearchKeys {
                identity_numbers,
                emails,
                phones,
                names_at_access,
            },
            today,
        )
        .ok()
    }

    /// For the holder that asks.
    #[must_use]
    pub fn to_wire(&self) -> pb::SearchKeys {
        pb::SearchKeys {
            identity_numbers: self
                .identity_numbers
                .iter()
                .map(|k| k.canonical().to_owned())
                .collect(),
            emails: self.emails.iter().map(|k| k.as_str().to_owned()).collect(),
            phones: self
                .phones
                .iter()
                .map(|k| k.canonical().to_owned())
                .collect(),
            names_at_access: self
                .names_at_access
                .iter()
                .map(|(n, a)| pb::NameAtAccess {
                    name: n.as_str().to_owned(),
                    access_id: a.as_str().to_owned(),
                })
                .collect(),
        }
    }

    /// What the commitment is about: the strongest key there is.
    #[must_use]
    pub fn principal(&self) -> Option<Principal> {
        let number = self
            .identity_numbers
            .first()
            .map(|k| ("identity_number", k.canonical().to_owned()));
        let email = || self.emails.first().map(|k| ("email", k.canonical()));
        let phone = || {
            self.phones
                .first()
                .map(|k| ("phone", k.canonical().to_owned()))
        };
        let name = || {
            let (name, access) = self.names_at_access.first()?;
            Some((
                "name_at_access",
                format!("{}\u{1f}{}", name.normalised(), access.as_str()),
            ))
        };
        let (kind, canonical) = number.or_else(email).or_else(phone).or_else(name)?;
        Some(Principal { kind, canonical })
    }

    /// "19900101-****" of the first identity number, or empty.
    #[must_use]
    pub fn masked_identity_number(&self) -> String {
        self.identity_numbers
            .first()
            .map(IdentityNumber::masked)
            .unwrap_or_default()
    }

    /// "a***@example.se" of the first e-mail, or empty.
    #[must_use]
    pub fn masked_email(&self) -> String {
        self.emails.first().map(Email::masked).unwrap_or_default()
    }

    /// The identity numbers.
    #[must_use]
    pub fn identity_numbers(&self) -> &[IdentityNumber] {
        &self.identity_numbers
    }

    /// The e-mails.
    #[must_use]
    pub fn emails(&self) -> &[Email] {
        &self.emails
    }

    /// The phones.
    #[must_use]
    pub fn phones(&self) -> &[Phone] {
        &self.phones
    }

    /// The names, each with its access.
    #[must_use]
    pub fn names_at_access(&self) -> &[(PersonName, AccessId)] {
        &self.names_at_access
    }

    fn len(&self) -> usize {
        self.identity_numbers.len()
            + self.emails.len()
            + self.phones.len()
            + self.names_at_access.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for SearchKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchKeys({} keys)", self.len())
    }
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Principal({})", self.kind)
    }
}

fn parse_all<T>(
    field: &str,
    kind: &str,
    texts: &[String],
    wrong: &mut Vec<Violation>,
    parse: impl Fn(&str) -> Result<T, ParseError>,
) -> Vec<T> {
    check_count(field, kind, texts.len(), wrong);
    let mut parsed = Vec::new();
    for (index, text) in texts.iter().enumerate().take(MAX_PER_KIND) {
        match parse(text) {
            Ok(key) => parsed.push(key),
            Err(error) => wrong.push(Violation::masked(
                format!("{field}.{kind}[{index}]"),
                text,
                error.rule,
            )),
        }
    }
    parsed
}

fn parse_names(
    field: &str,
    names: &[pb::NameAtAccess],
    wrong: &mut Vec<Violation>,
) -> Vec<(PersonName, AccessId)> {
    check_count(field, "names_at_access", names.len(), wrong);
    let mut parsed = Vec::new();
    for (index, pair) in names.iter().enumerate().take(MAX_PER_KIND) {
        let path = format!("{field}.names_at_access[{index}]");
        let name = PersonName::parse(&pair.name).map_err(|e| {
            wrong.push(Violation::masked(
                format!("{path}.name"),
                &pair.name,
                e.rule,
            ));
        });
        let access = AccessId::parse(&pair.access_id).map_err(|e| {
            wrong.push(Violation::masked(
                format!("{path}.access_id"),
                &pair.access_id,
                e.rule,
            ));
        });
        if let (Ok(name), Ok(access)) = (name, access) {
            parsed.push((name, access));
        }
    }
    parsed
}

fn check_count(field: &str, kind: &str, count: usize, wrong: &mut Vec<Violation>) {
    if count > MAX_PER_KIND {
        let rule = format!("at most {MAX_PER_KIND} of a kind");
        wrong.push(Violation::new(
            format!("{field}.{kind}"),
            format!("({count} values)"),
            rule,
        ));
    }
}

fn merge<T>(own: &mut Vec<T>, found: Vec<T>, canonical: impl Fn(&T) -> String) {
    for key in found {
        let known = own.iter().any(|k| canonical(k) == canonical(&key));
        if !known && own.len() < MAX_PER_KIND {
            own.push(key);
        }
    }
}
