//! What one row says, field by field, whatever the format was.

use std::borrow::Cow;

use super::{Columns, Field, Format};

/// The values of a row, trimmed; an absent one is empty.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    pub(super) format: Format,
    known: [Cow<'a, str>; Field::COUNT],
    /// Name and value of columns that we do not know, where they have a value.
    pub(super) others: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Values<'a> {
    pub(super) fn empty(format: Format) -> Self {
        Self {
            format,
            known: std::array::from_fn(|_| Cow::Borrowed("")),
            others: Vec::new(),
        }
    }

    /// The values of a row of text that has as many fields as the header.
    pub(super) fn of_row(columns: &Columns, fields: &'a [String]) -> Self {
        let value = |position: usize| fields.get(position).map_or("", |v| v.trim());
        let mut values = Self::empty(columns.format());
        for (field, position) in columns.known() {
            values.known[field as usize] = Cow::Borrowed(value(position));
        }
        for (position, name) in columns.unknown() {
            if !value(position).is_empty() {
                values.others.push((name, Cow::Borrowed(value(position))));
            }
        }
        values
    }

    pub(super) fn set(&mut self, field: Field, value: String) {
        self.known[field as usize] = Cow::Owned(value.trim().to_owned());
    }

    pub(super) fn get(&self, field: Field) -> &str {
        &self.known[field as usize]
    }
}
