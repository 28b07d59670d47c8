//! What single cells may hold.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Europe::Stockholm;

use super::Reader;
use crate::domain::address_file::Field;
use crate::domain::limits::FIELD_CHARS_MAX;

/// How far a number may be from zero, and what is said when it is farther.
pub(super) struct Bound {
    max: f64,
    reason: &'static str,
    rule: &'static str,
}

pub(super) const METRES: Bound = Bound {
    max: f64::MAX,
    reason: "COORDINATE_INVALID",
    rule: "a coordinate is a number of metres",
};

pub(super) const LATITUDE: Bound = Bound {
    max: 90.0,
    reason: "DEGREES_INVALID",
    rule: "a latitude is -90 to 90 degrees",
};

pub(super) const LONGITUDE: Bound = Bound {
    max: 180.0,
    reason: "DEGREES_INVALID",
    rule: "a longitude is -180 to 180 degrees",
};

impl Reader<'_> {
    pub(super) fn text(&mut self, field: Field) -> String {
        let value = self.value(field).to_owned();
        if value.len() > FIELD_CHARS_MAX && value.chars().count() > FIELD_CHARS_MAX {
            let rule = format!(
                "{} is at most {FIELD_CHARS_MAX} characters",
                self.name(field)
            );
            self.refuse_with(field, "FIELD_TOO_LONG", rule, FIELD_CHARS_MAX);
        } else if value.chars().any(char::is_control) {
            let rule = format!("{} must not hold control characters", self.name(field));
            self.refuse(field, "FIELD_CONTROL_CHARACTERS", rule);
        }
        value
    }

    pub(super) fn number_text(&mut self, field: Field, bound: &Bound) -> String {
        let value = self.text(field).replace(',', ".");
        let right = |number: f64| number.is_finite() && number.abs() <= bound.max;
        if !value.is_empty() && !value.parse::<f64>().is_ok_and(right) {
            self.refuse(field, bound.reason, bound.rule);
        }
        value
    }

    pub(super) fn whole_number(&mut self, field: Field) -> Option<u32> {
        let value = self.value(field);
        if value.is_empty() {
            return None;
        }
        let number = value.parse().ok();
        if number.is_none() {
            let rule = format!("{} is a whole number", self.name(field));
            self.refuse(field, "NUMBER_INVALID", rule);
        }
        number
    }

    pub(super) fn cpe(&mut self) -> Option<bool> {
        match self.value(Field::Cpe).to_ascii_uppercase().as_str() {
            "" => None,
            "1" | "YES" | "JA" | "TRUE" => Some(true),
            "0" | "NO" | "NEJ" | "FALSE" => Some(false),
            _ => {
                let rule = format!("{} is 1 (YES) or 0 (NO)", self.name(Field::Cpe));
                self.refuse(Field::Cpe, "YES_NO_INVALID", rule);
                None
            }
        }
    }

    /// `2008-02-12`, `20080212`, or a time of that day. ON-API's "unknown past" and "unknown future" are no day.
    pub(super) fn day(&mut self, field: Field) -> Option<NaiveDate> {
        let value = self.value(field);
        if value.is_empty() || value.starts_with("1990-01-01T00:00:01") || is_unknown_future(value)
        {
            return None;
        }
        let right =
            swedish_day(value).filter(|day| (1900..=9999).contains(&chrono::Datelike::year(day)));
        if right.is_none() {
            let rule = format!("{} is a day, for example 2008-02-12", self.name(field));
            self.refuse(field, "DAY_INVALID", rule);
        }
        right
    }
}

/// ON-API's "unknown future", as `3030-12-12T00:00:01Z`: it comes, and nobody knows when.
pub(super) fn is_unknown_future(value: &str) -> bool {
    value.starts_with("3030-12-12T")
}

/// The day of a date or a time. A time with its zone is a moment, whose day is told by Swedish clocks, as ON-API's are written
/// here; one without is local.
pub(in crate::domain::address_file) fn swedish_day(value: &str) -> Option<NaiveDate> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(value) {
        return Some(moment.with_timezone(&Stockholm).date_naive());
    }
    let date = value.split(['T', ' ']).next().unwrap_or("");
    NaiveDate::parse_from_str(date, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(date, "%Y%m%d"))
        .ok()
}
