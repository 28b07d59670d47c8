//! The header: which column is which field.

use std::collections::BTreeSet;

use super::Refusal;
use crate::domain::limits::COLUMNS_MAX;

/// The column that we add to the file of rejected rows; ignored when such a file comes back mended.
pub const REJECTED_BECAUSE: &str = "rejected_because";

/// A column that we know (`market-database.md` §2.3; `accessState` is ON-API's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum Field {
    CoId,
    AccessId,
    StreetName,
    StreetNumber,
    StreetLittera,
    PostalCode,
    City,
    CountryCode,
    PremisesType,
    MduApartmentNumber,
    MduDistinguisher,
    SwerefType,
    SwerefNorth,
    SwerefEast,
    PropertyUnitDesignation,
    AccessState,
    ResidentName,
    ActiveServices,
}

impl Field {
    /// Every field, in the order of the standard.
    pub const ALL: [Self; 18] = [
        Self::CoId,
        Self::AccessId,
        Self::StreetName,
        Self::StreetNumber,
        Self::StreetLittera,
        Self::PostalCode,
        Self::City,
        Self::CountryCode,
        Self::PremisesType,
        Self::MduApartmentNumber,
        Self::MduDistinguisher,
        Self::SwerefType,
        Self::SwerefNorth,
        Self::SwerefEast,
        Self::PropertyUnitDesignation,
        Self::AccessState,
        Self::ResidentName,
        Self::ActiveServices,
    ];

    /// Columns without which nothing can be imported (decision 31).
    pub const MANDATORY: [Self; 6] = [
        Self::CoId,
        Self::AccessId,
        Self::StreetName,
        Self::PostalCode,
        Self::City,
        Self::PremisesType,
    ];

    /// The name as the standard spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CoId => "coId",
            Self::AccessId => "accessId",
            Self::StreetName => "streetName",
            Self::StreetNumber => "streetNumber",
            Self::StreetLittera => "streetLittera",
            Self::PostalCode => "postalCode",
            Self::City => "city",
            Self::CountryCode => "countryCode",
            Self::PremisesType => "premisesType",
            Self::MduApartmentNumber => "mduApartmentNumber",
            Self::MduDistinguisher => "mduDistinguisher",
            Self::SwerefType => "swerefType",
            Self::SwerefNorth => "swerefNorth",
            Self::SwerefEast => "swerefEast",
            Self::PropertyUnitDesignation => "propertyUnitDesignation",
            Self::AccessState => "accessState",
            Self::ResidentName => "residentName",
            Self::ActiveServices => "activeServices",
        }
    }

    /// The field of a column heading, letter case and surrounding space aside (`coID` is `coId`).
    pub fn named(heading: &str) -> Option<Self> {
        let heading = heading.trim_start_matches('\u{feff}').trim();
        Self::ALL
            .into_iter()
            .find(|field| field.name().eq_ignore_ascii_case(heading))
    }
}

/// The columns of one file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    headings: Vec<String>,
    positions: [Option<usize>; Field::ALL.len()],
    unknown: Vec<usize>,
}

impl Columns {
    /// Reads the header row.
    ///
    /// # Errors
    /// A mandatory column is missing, one occurs twice, or there are too many.
    pub fn recognise(headings: Vec<String>) -> Result<Self, Refusal> {
        if headings.len() > COLUMNS_MAX {
            return Err(Refusal::new(format!(
                "a file has at most {COLUMNS_MAX} columns; this one has {}",
                headings.len()
            )));
        }
        let mut columns = Self {
            headings,
            positions: [None; Field::ALL.len()],
            unknown: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for (position, heading) in columns.headings.iter().enumerate() {
            let key = heading.trim().to_lowercase();
            if key == REJECTED_BECAUSE {
                continue;
            }
            if !key.is_empty() && !seen.insert(key) {
                return Err(Refusal::new(format!(
                    "column {} occurs twice in the header",
                    position + 1
                )));
            }
            match Field::named(heading) {
                Some(field) => columns.positions[field as usize] = Some(position),
                None => columns.unknown.push(position),
            }
        }
        columns.require_mandatory()?;
        Ok(columns)
    }

    fn require_mandatory(&self) -> Result<(), Refusal> {
        let missing: Vec<_> = Field::MANDATORY
            .into_iter()
            .filter(|f| self.positions[*f as usize].is_none())
            .map(Field::name)
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Refusal::new(format!(
                "the header lacks the mandatory columns {}",
                missing.join(", ")
            )))
        }
    }

    /// Where a field is, if the file has it.
    pub fn position(&self, field: Field) -> Option<usize> {
        self.positions[field as usize]
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
        self.unknown.iter().map(|&position| {
            let heading = self.headings[position].trim();
            let name = if heading.is_empty() {
                format!("column {}", position + 1)
            } else {
                heading.to_owned()
            };
            (position, name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognise(header: &str) -> Result<Columns, Refusal> {
        Columns::recognise(header.split(';').map(str::to_owned).collect())
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
        let refusal = recognise("coId;accessId;city").unwrap_err().0;
        assert!(
            refusal.ends_with("streetName, postalCode, premisesType"),
            "{refusal}"
        );
        assert!(
            recognise("coId;accessId;coID;streetName;postalCode;city;premisesType")
                .unwrap_err()
                .0
                .contains("column 3 occurs twice")
        );
        assert!(recognise(&vec!["x"; 201].join(";")).is_err());
    }

    #[test]
    fn fields_are_indexed_by_their_order() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, index);
        }
    }
}
