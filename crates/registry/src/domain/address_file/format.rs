//! The formats of address files that are in use.

use super::Field;

/// A format that an address file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The market database's second specification (`market-database.md` §2.3).
    MdB2,
    /// Its first one, "master", of 25 columns (§2.5).
    MdB1,
    /// The CSV Access Upload API 1.1 (`on-api.md` §1.6).
    PiApi,
    /// The answer of ON-API's `/accesses/`, versions 2.4 to 2.6, JSON.
    OnApi,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::MdB2, Self::MdB1, Self::PiApi, Self::OnApi];

    /// The word on the command line, in contracts and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MdB2 => "mdb2",
            Self::MdB1 => "mdb1",
            Self::PiApi => "pi-api",
            Self::OnApi => "on-api",
        }
    }

    /// The format of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str().eq_ignore_ascii_case(word.trim()))
    }

    /// Columns without which nothing can be imported (decision 31). Only MdB files name the network in every row.
    pub fn mandatory(self) -> &'static [Field] {
        const ALL: [Field; 6] = [
            Field::CoId,
            Field::AccessId,
            Field::StreetName,
            Field::PostalCode,
            Field::City,
            Field::PremisesType,
        ];
        match self {
            Self::MdB2 | Self::MdB1 => &ALL,
            Self::PiApi | Self::OnApi => &ALL[1..],
        }
    }

    /// Whether a row must say which network it belongs to.
    pub(super) fn names_network(self) -> bool {
        matches!(self, Self::MdB2 | Self::MdB1)
    }

    /// The text format whose headings these are, if they are one's: the one that knows the most of them. The columns that
    /// only one format has decide before the number of known ones does.
    pub(super) fn of_headings(headings: &[String]) -> Option<Self> {
        let has = |format: Self, field: Field| {
            headings
                .iter()
                .any(|h| Field::named(h, format) == Some(field))
        };
        if has(Self::MdB1, Field::CoId) && !has(Self::MdB2, Field::CoId) {
            return Some(Self::MdB1);
        }
        if has(Self::MdB2, Field::CoId) {
            return Some(Self::MdB2);
        }
        let pi_only = [Field::ActivationDate, Field::Option82, Field::SalesStart];
        if pi_only.into_iter().any(|field| has(Self::PiApi, field)) {
            return Some(Self::PiApi);
        }
        let known = |format: Self| {
            headings
                .iter()
                .filter(|h| Field::named(h, format).is_some())
                .count()
        };
        [Self::MdB2, Self::MdB1, Self::PiApi]
            .into_iter()
            .rev()
            .max_by_key(|format| known(*format))
            .filter(|format| known(*format) > 0)
    }
}
