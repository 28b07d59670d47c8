//! Why somebody reads a contact.

use kernel::Violation;

/// Long enough for a sentence, short enough for a log.
const MAX: usize = 200;

/// A stated purpose, for the access log.
pub fn parse(text: &str) -> Result<String, Vec<Violation>> {
    let purpose = text.trim();
    let right = !purpose.is_empty()
        && purpose.chars().count() <= MAX
        && !purpose.chars().any(char::is_control);
    if right {
        Ok(purpose.to_owned())
    } else {
        Err(vec![Violation::masked(
            "purpose",
            text,
            "purpose says in 1 to 200 characters why the contact is read",
        )])
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reading_without_a_purpose_is_refused() {
        assert!(super::parse(" ").is_err());
        assert_eq!(
            super::parse(" customer called ").unwrap(),
            "customer called"
        );
    }
}
