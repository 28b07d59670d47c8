//! An array as PostgreSQL reads it from text (PostgreSQL, "Arrays", section "Array Input and Output Syntax").

use chrono::SecondsFormat;
use sea_orm::{DbErr, Value};

/// The values of one column.
#[derive(Debug, Default)]
pub(super) struct Array {
    text: String,
    element: Option<&'static str>,
}

impl Array {
    /// Takes the next value.
    pub(super) fn push(&mut self, value: &Value) -> Result<(), DbErr> {
        self.element = Some(element(value)?);
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        match value {
            Value::Bool(Some(yes)) => self.text.push(if *yes { 't' } else { 'f' }),
            Value::Int(Some(number)) => self.text.push_str(&number.to_string()),
            Value::BigInt(Some(number)) => self.text.push_str(&number.to_string()),
            Value::Uuid(Some(id)) => self.text.push_str(&id.to_string()),
            Value::ChronoDateTimeUtc(Some(time)) => {
                self.quote(&time.to_rfc3339_opts(SecondsFormat::Micros, true));
            }
            Value::Bytes(Some(bytes)) => {
                self.quote(&format!("\\x{}", hex::encode(bytes)));
            }
            Value::String(Some(text)) => self.quote(text),
            _ => self.text.push_str("NULL"),
        }
        Ok(())
    }

    /// The type of its values; of an empty one it does not matter.
    pub(super) fn element(&self) -> &'static str {
        self.element.unwrap_or("text")
    }

    pub(super) fn into_text(mut self) -> String {
        self.text
            .push_str(if self.text.is_empty() { "{}" } else { "}" });
        self.text
    }

    fn quote(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            if matches!(character, '"' | '\\') {
                self.text.push('\\');
            }
            self.text.push(character);
        }
        self.text.push('"');
    }
}

fn element(value: &Value) -> Result<&'static str, DbErr> {
    Ok(match value {
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::BigInt(_) => "bigint",
        Value::Uuid(_) => "uuid",
        Value::ChronoDateTimeUtc(_) => "timestamptz",
        Value::Bytes(_) => "bytea",
        Value::String(_) => "text",
        _ => {
            return Err(DbErr::Type(
                "no array is written of such a value".to_owned(),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_or_be_taken_for_none_is_quoted() {
        let mut array = Array::default();
        for text in ["a,b", "NULL", "\"\\", "", "{}"] {
            array.push(&text.into()).unwrap();
        }
        array.push(&Value::String(None)).unwrap();
        assert_eq!(array.element(), "text");
        assert_eq!(array.into_text(), r#"{"a,b","NULL","\"\\","","{}",NULL}"#);
    }

    #[test]
    fn an_empty_one_and_one_of_bytes() {
        assert_eq!(Array::default().into_text(), "{}");
        let mut array = Array::default();
        array.push(&vec![0xAB_u8, 1].into()).unwrap();
        assert_eq!(array.element(), "bytea");
        assert_eq!(array.into_text(), r#"{"\\xab01"}"#);
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        assert!(Array::default().push(&1.5_f64.into()).is_err());
    }
}
