//! What a row says about people. No value of it is ever shown in a reason.

use kernel::{PersonName, Violation};

use super::Reader;
use crate::domain::address_file::{Field, OWNER_NAME};
use crate::domain::limits::{FIELD_CHARS_MAX, UNKNOWN_VALUE_CHARS_MAX};

impl Reader<'_> {
    pub(super) fn resident(&mut self) -> Option<PersonName> {
        let value = self.value(Field::ResidentName);
        if value.is_empty() {
            return None;
        }
        match PersonName::parse(value) {
            Ok(name) => Some(name),
            Err(refused) => {
                let name = self.name(Field::ResidentName);
                self.violations.push(refused.of(name, value).mask());
                None
            }
        }
    }

    pub(super) fn owner(&mut self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (field, name) in [
            (Field::OwnerName, OWNER_NAME),
            (Field::OwnerAddress, "address"),
            (Field::OwnerPostalCode, "postalCode"),
            (Field::OwnerCity, "city"),
        ] {
            let value = self.value(field);
            if value.chars().count() > FIELD_CHARS_MAX || value.chars().any(char::is_control) {
                let rule = format!(
                    "at most {FIELD_CHARS_MAX} characters, none of them a control character"
                );
                let violation = Violation::masked(self.name(field), value, rule);
                self.violations
                    .push(violation.because("FIELD_TOO_LONG").with(FIELD_CHARS_MAX));
            } else if !value.is_empty() {
                kept.push((name.to_owned(), value.to_owned()));
            }
        }
        kept
    }

    pub(super) fn other_columns(&mut self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (name, value) in &self.values.others {
            if value.chars().count() > UNKNOWN_VALUE_CHARS_MAX {
                let rule = format!(
                    "at most {UNKNOWN_VALUE_CHARS_MAX} characters are kept of a column that we do not know"
                );
                let violation =
                    Violation::masked(name, value, rule).because("UNKNOWN_COLUMN_TOO_LONG");
                self.violations
                    .push(violation.with(UNKNOWN_VALUE_CHARS_MAX));
            } else {
                kept.push((name.clone(), value.clone().into_owned()));
            }
        }
        kept
    }
}
