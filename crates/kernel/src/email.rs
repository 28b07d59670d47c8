//! E-mail addresses.

use crate::{ParseError, word::redacted};

/// An e-mail address, kept as it was written.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

redacted!(Email);

impl Email {
    const REFUSED: ParseError = ParseError::new(
        "EMAIL_INVALID",
        "an e-mail address is written name@domain with letters A to Z, at most 254 characters",
    );

    /// Takes an address of RFC 5321 without quoted local parts and address literals.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(Self::REFUSED)?;
        if text.len() <= 254 && is_local(local) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Self::REFUSED)
        }
    }

    /// The address as written: what mail is sent to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in small letters: what tokens are made of.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// What may be shown: `a***@example.se`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or(("", ""));
        let first = local.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }
}

fn is_local(local: &str) -> bool {
    let atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= 64
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(atext))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_is_a_name = domain
        .rsplit('.')
        .next()
        .is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    domain.contains('.') && domain.split('.').all(label) && top_is_a_name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_the_spelling_and_compares_in_small_letters() {
        let email = Email::parse(" Anna.Berg+fiber@Example.se ").unwrap();
        assert_eq!(email.as_str(), "Anna.Berg+fiber@Example.se");
        assert_eq!(email.canonical(), "anna.berg+fiber@example.se");
        assert_eq!(email.masked(), "A***@Example.se");
        assert_eq!(format!("{email:?}"), "Email(redacted)");
    }

    #[test]
    fn refuses_what_a_server_would_misread() {
        for wrong in [
            "",
            "anna",
            "@example.se",
            "anna@",
            "anna@se",
            "a..b@example.se",
            ".a@example.se",
            "anna@exa mple.se",
            "anna\r\nRCPT TO:<x@y.se>@example.se",
            "anna@-a.se",
            "anna@127.0.0.1",
            "ånna@example.se",
            "a@b@example.se",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in "(.*)|([a-zA-Z.+]{1,10}@[a-zA-Z.-]{1,12})") {
            if let Ok(email) = Email::parse(&text) {
                let canonical = email.canonical();
                prop_assert_eq!(Email::parse(&canonical).unwrap().canonical(), canonical);
                let _ = email.masked();
            }
        }
    }
}
