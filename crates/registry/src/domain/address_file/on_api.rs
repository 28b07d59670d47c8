//! One access as ON-API 2.4, 2.5 or 2.6 writes it, as values.

use chrono::NaiveDate;
use kernel::ParseError;
use kernel::json::stands_twice;
use serde_json::{Map, Value};

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
const NO_SERVICE: ParseError = ParseError::new(
    "MEMBER_INVALID",
    "a service of the list is an object that has its name as \"service\"",
);
const DAY_INVALID: ParseError = ParseError::new(
    "DAY_INVALID",
    "a day of a service is a day, for example 2008-02-12, or YES or NO",
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
    let members: Map<String, Value> = serde_json::from_str(text).map_err(|_| NOT_VALID)?;
    if stands_twice(text) {
        return Err(TWICE);
    }
    let mut values = Values::empty(Format::OnApi);
    for (name, value) in members {
        match Field::named(&name, Format::OnApi) {
            Some(Field::ActiveServices) => services(&mut values, &value, today)?,
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
///
/// # Errors
/// It is no list of services, or a day of one cannot be read: what cannot be read is not sold.
fn services(
    values: &mut Values<'static>,
    value: &Value,
    today: NaiveDate,
) -> Result<(), ParseError> {
    let services = match value {
        Value::Array(services) => services,
        Value::Object(_) => return Err(NOT_A_TEXT),
        plain_value => {
            values.set(Field::ActiveServices, plain(plain_value));
            return Ok(());
        }
    };
    let mut listed = Vec::new();
    let mut connected: Option<String> = None;
    for service in services {
        let service = service.as_object().ok_or(NO_SERVICE)?;
        let name = service.get("service").map(plain).unwrap_or_default();
        let since = when(service, CONNECTED)?;
        let available = match when(service, AVAILABLE)? {
            // 2.6 and we ourselves write so what cannot be ordered.
            When::Empty | When::No => false,
            When::Day(day, _) => day <= today,
            When::Unsaid | When::Yes => true,
        };
        let over = matches!(when(service, DISCONNECTED)?, When::Day(day, _) if day <= today);
        if !name.is_empty() && available && !over && !matches!(since, When::No) {
            // The separators of a list are not part of a name.
            listed.push(name.replace([',', ';', '|'], " "));
        }
        if let When::Day(_, since) = since
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
    Ok(())
}

/// What a member of a service says of time.
enum When {
    /// It is not there.
    Unsaid,
    /// It is there, and empty.
    Empty,
    Yes,
    No,
    /// A day, and how it is written.
    Day(NaiveDate, String),
}

fn when(service: &Map<String, Value>, names: [&str; 2]) -> Result<When, ParseError> {
    let Some(said) = names.into_iter().find_map(|name| service.get(name)) else {
        return Ok(When::Unsaid);
    };
    let text = plain(said);
    Ok(match text.to_ascii_uppercase().as_str() {
        _ if said.is_null() => When::Unsaid,
        "" => When::Empty,
        "YES" | "TRUE" => When::Yes,
        "NO" | "FALSE" => When::No,
        _ => When::Day(swedish_day(&text).ok_or(DAY_INVALID)?, text),
    })
}
