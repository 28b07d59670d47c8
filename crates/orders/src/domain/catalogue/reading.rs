//! Reads what a caller says of the catalogue, and gathers all that is wrong.

use chrono::NaiveDate;
use kernel::Violation;
use url::Url;

/// Highest price in öre: above it somebody has mistaken the unit.
pub const MAX_PRICE_ORE: i64 = 10_000_000;
/// Characters of an address on the web.
const URL_CHARS_MAX: usize = 400;

/// What has been read and was wrong.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub wrong: Vec<Violation>,
}

impl Reading {
    pub fn refuse(&mut self, field: &str, value: &str, rule: &str) {
        self.wrong.push(Violation::new(field, value, rule));
    }

    /// What could be parsed.
    pub fn parsed<T, E>(
        &mut self,
        field: &str,
        value: &str,
        outcome: Result<T, E>,
        rule: impl Fn(&E) -> &'static str,
    ) -> Option<T> {
        match outcome {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.refuse(field, value, rule(&error));
                None
            }
        }
    }

    /// Trimmed, and of so many characters.
    pub fn text(&mut self, field: &str, value: &str, (min, max): (usize, usize)) -> String {
        let value = value.trim();
        if !(min..=max).contains(&value.chars().count()) {
            self.refuse(field, "", &format!("{min} to {max} characters"));
        }
        value.to_owned()
    }

    pub fn ore(&mut self, field: &str, value: i64) {
        if !(0..=MAX_PRICE_ORE).contains(&value) {
            self.refuse(field, &value.to_string(), "öre, 0 to 10,000,000");
        }
    }

    pub fn number(&mut self, field: &str, value: u32, (min, max): (u32, u32), unit: &str) {
        if !(min..=max).contains(&value) {
            let rule = format!("{min} to {max} {unit}");
            self.refuse(field, &value.to_string(), &rule);
        }
    }

    /// An https address that names no user; empty is none, where it may be.
    pub fn https(&mut self, field: &str, value: &str, may_be_empty: bool) -> String {
        let value = value.trim();
        if value.is_empty() && may_be_empty {
            return String::new();
        }
        let right = value.chars().count() <= URL_CHARS_MAX
            && Url::parse(value).is_ok_and(|url| {
                url.scheme() == "https"
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none()
            });
        if !right {
            let rule = format!("an https address of at most {URL_CHARS_MAX} characters");
            self.refuse(field, value, &rule);
        }
        value.to_owned()
    }

    /// A day as ISO 8601; empty is none.
    pub fn day(&mut self, field: &str, value: &str) -> Option<NaiveDate> {
        if value.is_empty() {
            return None;
        }
        let day = NaiveDate::parse_from_str(value, "%Y-%m-%d");
        self.parsed(field, value, day, |_| "a day as YYYY-MM-DD")
    }

    /// Words of a closed list, each once.
    pub fn words<T: Copy + PartialEq>(
        &mut self,
        field: &str,
        values: &[String],
        parse: impl Fn(&str) -> Option<T>,
        rule: &str,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for (at, value) in values.iter().enumerate() {
            match parse(value) {
                Some(word) if all.contains(&word) => {
                    self.refuse(&format!("{field}[{at}]"), value, "each once");
                }
                Some(word) => all.push(word),
                None => self.refuse(&format!("{field}[{at}]"), value, rule),
            }
        }
        all
    }
}
