//! Who orders: parsed at the edge, every wrong field named at once, no value repeated.

use chrono::NaiveDate;
use kernel::{Email, IdentityNumber, ParseError, PersonName, Phone, Violation};

/// A customer, checked.
#[derive(Clone, Debug)]
pub struct Customer {
    /// As the customer writes it.
    pub name: PersonName,
    /// Personal identity or coordination number.
    pub identity_number: IdentityNumber,
    /// Where the confirmation goes.
    pub email: Email,
    /// E.164.
    pub phone: Phone,
}

/// What the customer typed. `Debug` says nothing.
#[derive(Clone, Default)]
pub struct CustomerInput {
    /// See [`Customer::name`].
    pub name: String,
    /// See [`Customer::identity_number`].
    pub identity_number: String,
    /// See [`Customer::email`].
    pub email: String,
    /// See [`Customer::phone`].
    pub phone: String,
}

impl std::fmt::Debug for CustomerInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerInput(..)")
    }
}

impl Customer {
    /// Parses every field and adds what is wrong to `violations`; `today` is the customer's.
    pub fn parse(
        input: &CustomerInput,
        today: NaiveDate,
        violations: &mut Vec<Violation>,
    ) -> Option<Self> {
        let name = checked("customer.name", PersonName::parse(&input.name), violations);
        let identity_number = checked(
            "customer.identity_number",
            IdentityNumber::parse(&input.identity_number, today),
            violations,
        );
        let email = checked("customer.email", Email::parse(&input.email), violations);
        let phone = checked("customer.phone", Phone::parse(&input.phone), violations);
        Some(Self {
            name: name?,
            identity_number: identity_number?,
            email: email?,
            phone: phone?,
        })
    }
}

/// Personal values are never repeated, not even masked: what was typed may be any part of any person's data.
fn checked<T>(
    field: &str,
    parsed: Result<T, ParseError>,
    violations: &mut Vec<Violation>,
) -> Option<T> {
    parsed
        .map_err(|e| {
            violations.push(Violation::new(field, "", e.rule));
        })
        .ok()
}

/// "A*** A***": the first letter of each part of a name, for staff who need not know it.
pub fn masked_name(name: &str) -> String {
    let parts = name
        .split_whitespace()
        .filter_map(|part| part.chars().next());
    parts
        .map(|initial| format!("{initial}***"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    #[test]
    fn every_wrong_field_is_named_and_no_value_repeated() {
        let input = CustomerInput {
            name: "  ".into(),
            identity_number: "900118-9812".into(),
            email: "anna at example.se".into(),
            phone: "no number".into(),
        };
        let mut violations = Vec::new();
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert!(Customer::parse(&input, today, &mut violations).is_none());
        let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "customer.name",
                "customer.identity_number",
                "customer.email",
                "customer.phone"
            ]
        );
        assert!(
            violations
                .iter()
                .all(|v| v.value.is_empty() && !v.rule.is_empty())
        );
    }

    #[test]
    fn spellings_of_one_number_are_one_number() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        for spelling in ["900118-9811", "19900118-9811", "199001189811", "9001189811"] {
            let input = CustomerInput {
                name: "Anna Provsson".into(),
                identity_number: spelling.into(),
                email: "anna@example.se".into(),
                phone: "070-174 06 05".into(),
            };
            let customer = Customer::parse(&input, today, &mut Vec::new()).unwrap();
            assert_eq!(customer.identity_number.canonical(), "199001189811");
            assert_eq!(customer.phone.canonical(), "+46701740605");
        }
    }

    #[test]
    fn a_mask_keeps_the_initials() {
        assert_eq!(masked_name("Anna Maria Provsson"), "A*** M*** P***");
        assert_eq!(masked_name(""), "");
    }
}
