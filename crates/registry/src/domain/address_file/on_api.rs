//! One access as ON-API 2.4, 2.5 or 2.6 writes it, as values.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use kernel::ParseError;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::row::swedish_day;
use super::{Field, Format, REJECTED_BECAUSE, values::Values};

const NOT_VALID: ParseError =
    ParseError::new("OBJECT_INVALID", "the access is not a valid JSON object");
const NOT_A_TEXT: ParseError = ParseError::new(
    "MEMBER_INVALID",
    "a list or an object stands where a text or a number is expected",
);
const TWICE: ParseError = ParseError::new(
    "MEMBER_TWICE",
    "a member of the access stands twice; which of them is right cannot be known",
);
/// The names of the day on which a service ends.
const DISCONNECTED: [&str; 2] = ["disconnectionDateTime", "disconnection"];
/// ON-API 2.4's and 2.5's names for the day from which a service can be delivered.
const CONNECTED: [&str; 2] = ["connectionDateTime", "connection"];
/// The same for the day from which it can be ordered.
const AVAILABLE: [&str; 2] = ["availableDateTime", "available"];

/// The values of one object, as of today.
///
/// # Errors
/// It is no JSON object, or one of its members cannot be what its name says.
pub(super) fn values(text: &str, today: NaiveDate) -> Result<Values<'static>, ParseError> {
    let Members(members) = serde_json::from_str(text).map_err(|_| NOT_VALID)?;
    let mut values = Values::empty(Format::OnApi);
    let mut seen = BTreeSet::new();
    for (name, value) in members {
        if !seen.insert(name.trim().to_lowercase()) {
            return Err(TWICE);
        }
        match Field::named(&name, Format::OnApi) {
            Some(Field::ActiveServices) => services(&mut values, &value, today),
            Some(_) if value.is_array() || value.is_object() => return Err(NOT_A_TEXT),
            Some(Field::MduApartmentNumber) => {
                values.set(Field::MduApartmentNumber, apartment(&value));
            }
            Some(field) => values.set(field, plain(&value)),
            None if name == REJECTED_BECAUSE => {}
            None => {
                let text = plain(&value);
                if !text.is_empty() && text != "[]" && text != "{}" {
                    values.others.push((name, text.into()));
                }
            }
        }
    }
    Ok(values)
}

/// The members of an object as they stand, those that stand twice twice: a map would keep the last of them.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// Null and absent are the same; numbers and booleans as they are written; the rest as compact JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A JSON number has lost its leading zeros ("0901" exists).
fn apartment(value: &Value) -> String {
    match value.as_u64() {
        Some(number) => format!("{number:04}"),
        None => plain(value),
    }
}

/// The services that 2.4 and 2.5 put into the access: those that can be ordered today are listed, the earliest connection
/// is the access's own, and the whole list is kept as it came.
fn services(values: &mut Values<'static>, value: &Value, today: NaiveDate) {
    let Some(services) = value.as_array() else {
        values.set(Field::ActiveServices, plain(value));
        return;
    };
    let word = |service: &Value, names: [&str; 2]| {
        let found = names.into_iter().find_map(|name| service.get(name));
        found.map(plain).unwrap_or_default()
    };
    let mut listed = Vec::new();
    let mut connected: Option<String> = None;
    for service in services {
        let name = service.get("service").map(plain).unwrap_or_default();
        let available = word(service, AVAILABLE);
        let later = swedish_day(&available).is_some_and(|day| day > today);
        let over = swedish_day(&word(service, DISCONNECTED)).is_some_and(|day| day <= today);
        if !name.is_empty() && !available.eq_ignore_ascii_case("no") && !later && !over {
            // The separators of a list are not part of a name.
            listed.push(name.replace([',', ';', '|'], " "));
        }
        let since = word(service, CONNECTED);
        if since.starts_with(|c: char| c.is_ascii_digit())
            && connected.as_ref().is_none_or(|earliest| since < *earliest)
        {
            connected = Some(since);
        }
    }
    let listed = if listed.is_empty() {
        "0".to_owned()
    } else {
        listed.join(",")
    };
    values.set(Field::ActiveServices, listed);
    if let Some(day) = connected.filter(|_| values.get(Field::ConnectionDate).is_empty()) {
        values.set(Field::ConnectionDate, day);
    }
    values
        .others
        .push(("services".to_owned(), value.to_string().into()));
}
