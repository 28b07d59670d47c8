//! Why something was found.

/// Which part of an address a typed word met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The street's name.
    Street,
    /// The street number, with or without the entrance letter.
    Number,
    /// The entrance letter.
    Littera,
    /// The apartment number.
    Apartment,
    /// The text that tells flats apart where there is no number.
    Distinguisher,
    /// The postal code.
    PostalCode,
    /// The post town.
    City,
}

/// How it met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As it is written.
    Exact,
    /// But for diacritics, digraphs or punctuation: `vasteras`.
    Diacritics,
    /// As an abbreviation: `v.`
    Abbreviation,
    /// It begins so.
    Beginning,
    /// With so many typos.
    Typos(u8),
    /// It begins so, with so many typos.
    BeginningTypos(u8),
}

impl How {
    /// What it is worth among matches of the same word.
    pub(super) fn score(self) -> u32 {
        match self {
            Self::Exact | Self::Diacritics => 1_000,
            Self::Abbreviation => 950,
            Self::Beginning => 750,
            Self::Typos(typos) => 700 - 150 * u32::from(typos),
            Self::BeginningTypos(typos) => 600 - 150 * u32::from(typos),
        }
    }

    /// Whether the whole word is there, without a typo.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Exact | Self::Diacritics | Self::Abbreviation)
    }
}

/// What became of one typed word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The word as it was typed, in lower case.
    pub typed: String,
    /// What it met.
    pub part: Part,
    /// How.
    pub how: How,
}
