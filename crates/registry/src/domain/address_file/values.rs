//! What one row says, field by field, whatever the format was.

use std::borrow::Cow;

use super::{Columns, Field, Format, Said};

/// The values of a row, trimmed; an absent one is empty.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    pub(super) format: Format,
    known: [Cow<'a, str>; Field::COUNT],
    /// What the row says something of, be it that there is none.
    pub(super) said: Said,
    /// Name and value of columns that we do not know, where they have a value.
    pub(super) others: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Values<'a> {
    pub(super) fn empty(format: Format) -> Self {
        Self {
            format,
            known: std::array::from_fn(|_| Cow::Borrowed("")),
            said: Said::default(),
            others: Vec::new(),
        }
    }

    /// The values of a row of text that has as many fields as the header.
    pub(super) fn of_row(columns: &Columns, fields: &'a [String]) -> Self {
        let value = |position: usize| fields.get(position).map_or("", |v| v.trim());
        let mut values = Self::empty(columns.format());
        for (field, position) in columns.known() {
            values.known[field as usize] = Cow::Borrowed(value(position));
            values.said.add(field);
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
        self.said.add(field);
    }

    pub(super) fn get(&self, field: Field) -> &str {
        &self.known[field as usize]
    }
}
