//! Which character separates the fields.

use super::{Field, Format};

/// A separator that address files use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// U+0009.
    Tab,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
}

impl Delimiter {
    pub(super) const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Comma, Self::Colon];

    /// The byte; the same in every character set that we read.
    pub fn byte(self) -> u8 {
        match self {
            Self::Tab => b'\t',
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Colon => b':',
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Colon => "colon",
        }
    }

    /// The separator with which the header line names the most columns that we know; ties go to the one with more fields.
    pub fn recognise(header_line: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .map(|delimiter| (score(header_line, delimiter), delimiter))
            .filter(|((known, fields), _)| *known > 0 && *fields > 1)
            .max_by_key(|(score, _)| *score)
            .map(|(_, delimiter)| delimiter)
    }
}

fn score(line: &[u8], delimiter: Delimiter) -> (usize, usize) {
    let (fields, _) = super::fields::split(line, delimiter.byte());
    let known = fields
        .iter()
        .filter(|f| {
            let heading = String::from_utf8_lossy(f);
            Format::ALL
                .into_iter()
                .any(|format| Field::named(&heading, format).is_some())
        })
        .count();
    (known, fields.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides() {
        assert_eq!(
            Delimiter::recognise(b"coID\taccessId\tcity"),
            Some(Delimiter::Tab)
        );
        assert_eq!(
            Delimiter::recognise(b"coID,accessId,city"),
            Some(Delimiter::Comma)
        );
        assert_eq!(
            Delimiter::recognise(b"coID;accessId;\"city, town\""),
            Some(Delimiter::Semicolon)
        );
        assert_eq!(
            Delimiter::recognise(b"citynet:city:zip"),
            Some(Delimiter::Colon)
        );
        assert_eq!(Delimiter::recognise(b"nothing;known;here"), None);
        assert_eq!(Delimiter::recognise(b"accessId"), None);
    }
}
