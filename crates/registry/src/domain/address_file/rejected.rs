//! The rejected rows as a file of the same format, each with its reasons, to mend and import again.

use kernel::Violation;
use kernel::json::stands_twice;

use super::{Format, Opened, REJECTED_BECAUSE, Raw, fields};

impl Opened {
    /// What the file of rejected rows begins with, UTF-8.
    pub fn rejected_header(&self) -> String {
        if self.format() == Format::OnApi {
            return "[\n".to_owned();
        }
        let mut headings = self.kept(self.columns.headings());
        headings.push(REJECTED_BECAUSE);
        self.joined(&headings)
    }

    /// A rejected row with its reasons in the last column. One that has more or fewer fields than the header is given back as
    /// it came, and one that cannot be cut as a single field: unmended, both are rejected again.
    pub fn rejected_row(&self, raw: &Raw, violations: &[Violation]) -> String {
        let reasons = reasons(violations);
        match raw {
            Raw::Fields(fields) => {
                let mut fields = self.kept(fields);
                fields.push(&reasons);
                self.joined(&fields)
            }
            Raw::Line(text) => self.joined(&[text, &reasons]),
            Raw::Json(text) => json_row(text, reasons),
        }
    }

    /// What stands between two rejected rows.
    pub fn rejected_separator(format: Format) -> &'static str {
        if format == Format::OnApi { ",\n" } else { "" }
    }

    /// What the file of rejected rows ends with.
    pub fn rejected_footer(format: Format) -> &'static str {
        if format == Format::OnApi { "\n]\n" } else { "" }
    }

    /// Without the reasons of an earlier round.
    fn kept<'a>(&self, fields: &'a [String]) -> Vec<&'a str> {
        let old = self
            .columns
            .headings()
            .iter()
            .position(|h| h.trim().eq_ignore_ascii_case(REJECTED_BECAUSE));
        fields
            .iter()
            .enumerate()
            .filter(|(position, _)| Some(*position) != old)
            .map(|(_, f)| f.as_str())
            .collect()
    }

    fn joined(&self, fields: &[&str]) -> String {
        let delimiter = self.delimiter.map_or(b';', super::Delimiter::byte);
        let row: Vec<String> = fields.iter().map(|f| fields::quote(f, delimiter)).collect();
        row.join(&char::from(delimiter).to_string()) + "\r\n"
    }
}

/// The object with one member more; what is no object is given back as a text inside of one.
fn json_row(text: &str, reasons: String) -> String {
    let object: serde_json::Map<_, _> = match serde_json::from_str(text) {
        // Of a member that stands twice a map would keep one, and nobody would choose it.
        Ok(serde_json::Value::Object(object)) if !stands_twice(text) => object,
        _ => [("unreadable".to_owned(), text.into())]
            .into_iter()
            .collect(),
    };
    let mut object = object;
    object.insert(REJECTED_BECAUSE.to_owned(), reasons.into());
    serde_json::Value::Object(object).to_string()
}

fn reasons(violations: &[Violation]) -> String {
    let reasons: Vec<String> = violations
        .iter()
        .map(|v| {
            if v.field.is_empty() {
                v.rule.clone()
            } else {
                format!("{}: {}", v.field, v.rule)
            }
        })
        .collect();
    reasons.join("; ")
}
