//! The header: which column is which field.

use std::collections::BTreeSet;

use super::{Field, Format, Refusal};
use crate::domain::limits::COLUMNS_MAX;

/// The column that we add to the file of rejected rows; ignored when such a file comes back mended.
pub const REJECTED_BECAUSE: &str = "rejected_because";

/// The columns of one file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    format: Format,
    headings: Vec<String>,
    known: Vec<(Field, usize)>,
    unknown: Vec<(usize, String)>,
}

impl Columns {
    /// Reads the header row of a format.
    ///
    /// # Errors
    /// A mandatory column is missing, one occurs twice, or there are too many.
    pub fn recognise(headings: Vec<String>, format: Format) -> Result<Self, Refusal> {
        if headings.len() > COLUMNS_MAX {
            let count = headings.len();
            let sentence =
                format!("a file has at most {COLUMNS_MAX} columns; this one has {count}");
            let refusal = Refusal::new("COLUMNS_TOO_MANY", sentence);
            return Err(refusal.with(COLUMNS_MAX).with(count));
        }
        let mut columns = Self::none(format);
        let mut seen = BTreeSet::new();
        for (position, heading) in headings.iter().enumerate() {
            let heading = heading.trim();
            let key = heading.to_lowercase();
            if key == REJECTED_BECAUSE {
                continue;
            }
            let field = Field::named(heading, format);
            let twice = field.is_some_and(|f| columns.position(f).is_some());
            if twice || (!key.is_empty() && !seen.insert(key)) {
                let number = position + 1;
                let sentence = format!("column {number} occurs twice in the header");
                return Err(Refusal::new("COLUMN_TWICE", sentence).with(number));
            }
            match field {
                Some(field) => columns.known.push((field, position)),
                None if heading.is_empty() => {
                    columns
                        .unknown
                        .push((position, format!("column {}", position + 1)));
                }
                None => columns.unknown.push((position, heading.to_owned())),
            }
        }
        columns.headings = headings;
        columns.require_mandatory()?;
        Ok(columns)
    }

    /// The columns of a format whose rows name their own.
    pub(super) fn none(format: Format) -> Self {
        Self {
            format,
            headings: Vec::new(),
            known: Vec::new(),
            unknown: Vec::new(),
        }
    }

    fn require_mandatory(&self) -> Result<(), Refusal> {
        let missing: Vec<_> = self
            .format
            .mandatory()
            .iter()
            .filter(|field| self.position(**field).is_none())
            .map(|field| field.name(self.format))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            let (missing, format) = (missing.join(", "), self.format.as_str());
            let sentence =
                format!("the header lacks the mandatory columns {missing} (read as {format})");
            let refusal = Refusal::new("COLUMNS_MISSING", sentence);
            Err(refusal.with(missing).with(format))
        }
    }

    /// The format that the header was read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Where a field is, if the file has it.
    pub fn position(&self, field: Field) -> Option<usize> {
        self.known
            .iter()
            .find(|(f, _)| *f == field)
            .map(|(_, p)| *p)
    }

    /// Every field that the file has, with its position.
    pub(super) fn known(&self) -> impl Iterator<Item = (Field, usize)> + '_ {
        self.known.iter().copied()
    }

    /// How many fields a row must have.
    pub fn count(&self) -> usize {
        self.headings.len()
    }

    /// The headings as written.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Position and name of each column that we do not know; one without a heading is called `column N`.
    pub fn unknown(&self) -> impl Iterator<Item = (usize, String)> + '_ {
        self.unknown.iter().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognise(header: &str) -> Result<Columns, Refusal> {
        let headings: Vec<_> = header.split(';').map(str::to_owned).collect();
        let format = Format::of_headings(&headings).unwrap_or(Format::MdB2);
        Columns::recognise(headings, format)
    }

    #[test]
    fn by_name_in_any_order_and_case() {
        let columns = recognise(
            "CITY; accessID;coID;StreetName;postalcode;premisesType;extra;;rejected_because",
        )
        .unwrap();
        assert_eq!(columns.position(Field::City), Some(0));
        assert_eq!(columns.position(Field::AccessId), Some(1));
        assert_eq!(columns.position(Field::StreetNumber), None);
        assert_eq!(
            columns.unknown().collect::<Vec<_>>(),
            [(6, "extra".into()), (7, "column 8".into())]
        );
    }

    #[test]
    fn an_unusable_header_is_refused_with_every_missing_column() {
        let refusal = recognise("coId;accessId;city").unwrap_err().sentence;
        assert!(
            refusal.contains("streetName, postalCode, premisesType"),
            "{refusal}"
        );
        for twice in [
            "coId;accessId;coID;streetName;postalCode;city;premisesType",
            "coId;accessId;outlet;streetName;postalCode;city;premisesType;outletId",
        ] {
            assert!(
                recognise(twice)
                    .unwrap_err()
                    .sentence
                    .contains("occurs twice")
            );
        }
        assert!(recognise(&vec!["x"; 201].join(";")).is_err());
    }

    #[test]
    fn the_headings_tell_the_format() {
        for (header, format) in [
            (
                "coID;accessId;streetName;postalCode;city;premisesType;outletId",
                Format::MdB2,
            ),
            (
                "citynet;city;building;streetname;zip;type;cpe;socket",
                Format::MdB1,
            ),
            (
                "accessId;streetName;postalCode;city;premisesType;option82;activationDate",
                Format::PiApi,
            ),
        ] {
            assert_eq!(recognise(header).unwrap().format(), format, "{header}");
        }
    }
}
