//! Personal identity numbers and coordination numbers.

use chrono::{Datelike, NaiveDate};

use crate::{ParseError, luhn, word::redacted};

/// A Swedish personal identity number or coordination number, with its century.
///
/// Rules: folkbokföringslagen 18 § and Skatteverket SKV 704 (personnummer), SKV 707 (samordningsnummer: day + 60).
/// Neither `Debug` nor `Display` shows it; use [`Self::masked`] for people and [`Self::canonical`] for sealing and tokens.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNumber(String);

redacted!(IdentityNumber);

const SHAPE: ParseError = ParseError::new(
    "IDENTITY_NUMBER_SHAPE",
    "an identity number is written YYYYMMDD-NNNN or YYMMDD-NNNN",
);
const DATE: ParseError = ParseError::new(
    "IDENTITY_NUMBER_DATE",
    "an identity number begins with a date that exists and is not in the future",
);
const CHECK: ParseError = ParseError::new(
    "IDENTITY_NUMBER_CHECK_DIGIT",
    "the last digit of an identity number must agree with the others",
);

impl IdentityNumber {
    /// Takes 10 or 12 digits, with `-`, `+` (a hundred years or older) or nothing before the last four.
    ///
    /// `today` decides the century of ten digits: the latest that does not lie in the future.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, ParseError> {
        let written = Written::read(text)?;
        if !luhn::holds(&written.short) {
            return Err(CHECK);
        }
        let year = match written.century {
            Some(century) => century * 100 + written.two_digit_year(),
            None => written.guess_year(today)?,
        };
        let born = written.date_in(year).ok_or(DATE)?;
        if born > today {
            return Err(DATE);
        }
        Ok(Self(format!(
            "{:02}{}",
            year / 100,
            text_of(&written.short)
        )))
    }

    /// Twelve digits without a hyphen: `199001189811`.
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// What may be shown to staff: `19900118-****`.
    pub fn masked(&self) -> String {
        format!("{}-****", &self.0[..8])
    }

    /// Whether the day is moved by 60: a coordination number.
    pub fn is_coordination(&self) -> bool {
        self.0.as_bytes()[6] >= b'6'
    }

    /// Whether a text could be an identity number, whatever the day it is: shape, date and check digit agree.
    pub fn is_shaped_like(text: &str) -> bool {
        let Ok(written) = Written::read(text) else {
            return false;
        };
        let centuries = written
            .century
            .map_or(vec![18, 19, 20], |century| vec![century]);
        let dated = |century: i32| {
            written
                .date_in(century * 100 + written.two_digit_year())
                .is_some()
        };
        luhn::holds(&written.short) && centuries.into_iter().any(dated)
    }

    /// Whether one stands somewhere in a text, in a spelling that hardly anything else has: `19900118-9811`, `900118-9811`
    /// or `199001189811`. Ten digits alone may be any number.
    pub fn stands_in(text: &str) -> bool {
        let bytes = text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let written = |from: usize, length: usize, hyphen: Option<usize>| {
            let right = |at: usize| match hyphen {
                Some(place) if place == at => bytes.get(from + at) == Some(&b'-'),
                _ => digit(from + at),
            };
            (0..length).all(right) && !digit(from + length)
        };
        let number = |from: usize| {
            let length = [(13, Some(8)), (11, Some(6)), (12, None)]
                .into_iter()
                .find(|(length, hyphen)| written(from, *length, *hyphen));
            let Some((length, _)) = length else {
                return false;
            };
            text.get(from..from + length)
                .is_some_and(Self::is_shaped_like)
        };
        (0..bytes.len()).any(|from| (from == 0 || !digit(from - 1)) && number(from))
    }
}

/// What stands in the text, before it is checked against the calendar.
struct Written {
    century: Option<i32>,
    short: Vec<u8>,
    hundred_or_older: bool,
}

impl Written {
    fn read(text: &str) -> Result<Self, ParseError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (head, tail, hundred_or_older) = match compact.split_once(['-', '+', '\u{2013}']) {
            Some((head, tail)) if tail.len() == 4 => {
                (head.to_owned(), tail.to_owned(), compact.contains('+'))
            }
            Some(_) => return Err(SHAPE),
            None => (compact, String::new(), false),
        };
        let digits = luhn::digits(&(head + &tail)).ok_or(SHAPE)?;
        let (century, short) = match digits.len() {
            10 => (None, digits),
            12 => (
                Some(i32::from(digits[0]) * 10 + i32::from(digits[1])),
                digits[2..].to_vec(),
            ),
            _ => return Err(SHAPE),
        };
        if century.is_some_and(|century| !(18..=20).contains(&century)) {
            return Err(DATE);
        }
        Ok(Self {
            century,
            short,
            hundred_or_older,
        })
    }

    fn pair(&self, at: usize) -> u32 {
        u32::from(self.short[at]) * 10 + u32::from(self.short[at + 1])
    }

    fn two_digit_year(&self) -> i32 {
        i32::from(self.short[0]) * 10 + i32::from(self.short[1])
    }

    fn date_in(&self, year: i32) -> Option<NaiveDate> {
        let day = self.pair(4);
        NaiveDate::from_ymd_opt(year, self.pair(2), if day > 60 { day - 60 } else { day })
    }

    /// The latest year that these two digits can mean; `+` says a hundred years before that.
    fn guess_year(&self, today: NaiveDate) -> Result<i32, ParseError> {
        let this_century = today.year().div_euclid(100) * 100 + self.two_digit_year();
        let future = self
            .date_in(this_century)
            .map_or(this_century > today.year(), |born| born > today);
        let latest = if future {
            this_century - 100
        } else {
            this_century
        };
        let year = if self.hundred_or_older {
            latest - 100
        } else {
            latest
        };
        if year < 1800 { Err(DATE) } else { Ok(year) }
    }
}

fn text_of(digits: &[u8]) -> String {
    digits
        .iter()
        .map(|&digit| char::from(b'0' + digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    fn canonical(text: &str) -> String {
        IdentityNumber::parse(text, today())
            .unwrap()
            .canonical()
            .to_owned()
    }

    fn refused(text: &str) -> &'static str {
        IdentityNumber::parse(text, today()).unwrap_err().reason
    }

    #[test]
    fn every_spelling_of_one_person_is_one_number() {
        for text in [
            "900118-9811",
            "9001189811",
            "19900118-9811",
            "199001189811",
            " 19900118 9811 ",
            "900118\u{2013}9811",
        ] {
            assert_eq!(canonical(text), "199001189811", "{text}");
        }
    }

    #[test]
    fn a_plus_means_a_hundred_years_or_older() {
        assert_eq!(canonical("900101+9802"), "189001019802");
        assert_eq!(canonical("121212-1212"), "201212121212");
        assert_eq!(canonical("121212+1212"), "191212121212");
    }

    #[test]
    fn ten_digits_never_mean_the_future() {
        assert_eq!(canonical("261121-0002"), "192611210002");
        assert_eq!(refused("20261121-0002"), "IDENTITY_NUMBER_DATE");
    }

    #[test]
    fn a_coordination_number_has_its_day_moved() {
        let number = IdentityNumber::parse("701063-2391", today()).unwrap();
        assert!(number.is_coordination());
        assert_eq!(number.canonical(), "197010632391");
        assert!(
            !IdentityNumber::parse("900118-9811", today())
                .unwrap()
                .is_coordination()
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(refused("900118-9812"), "IDENTITY_NUMBER_CHECK_DIGIT");
        assert_eq!(refused("900118"), "IDENTITY_NUMBER_SHAPE");
        assert_eq!(refused("90011-89811"), "IDENTITY_NUMBER_SHAPE");
        assert_eq!(refused("901318-9817"), "IDENTITY_NUMBER_DATE");
        assert_eq!(refused(""), "IDENTITY_NUMBER_SHAPE");
    }

    #[test]
    fn is_never_shown() {
        let number = IdentityNumber::parse("900118-9811", today()).unwrap();
        assert_eq!(format!("{number:?}"), "IdentityNumber(redacted)");
        assert_eq!(number.masked(), "19900118-****");
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = IdentityNumber::parse(&text, today());
            let _ = IdentityNumber::is_shaped_like(&text);
        }

        #[test]
        fn parse_of_canonical_is_stable(text in "[0-9]{2}(0[1-9]|1[0-2])([06][1-9]|[1278][0-8])[-+]?[0-9]{4}") {
            if let Ok(number) = IdentityNumber::parse(&text, today()) {
                prop_assert_eq!(&IdentityNumber::parse(number.canonical(), today()).unwrap(), &number);
                prop_assert!(IdentityNumber::is_shaped_like(number.canonical()));
            }
        }
    }
}
