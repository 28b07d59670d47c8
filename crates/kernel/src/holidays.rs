//! Swedish public holidays, by lag (1989:253) om allmänna helgdagar.
//!
//! The eves (julafton, midsommarafton, nyårsafton) are not public holidays by that law and do not move a deadline.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// Whether a period may end on this day: neither Saturday, nor Sunday, nor a public holiday (Regulation 1182/71 art. 3(4)).
#[must_use]
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_public_holiday(day)
}

/// The day itself, or the first working day after it.
#[must_use]
pub fn roll(day: NaiveDate) -> NaiveDate {
    let mut rolled = day;
    while !is_working_day(rolled) {
        rolled = rolled + Days::new(1);
    }
    rolled
}

/// Whether the law names this day. Midsummer's day and All Saints' day are Saturdays.
#[must_use]
pub fn is_public_holiday(day: NaiveDate) -> bool {
    is_fixed(day) || is_around_easter(day) || is_named_saturday(day)
}

fn is_fixed(day: NaiveDate) -> bool {
    // Nyårsdagen, trettondedag jul, första maj, nationaldagen, juldagen, annandag jul.
    matches!(
        (day.month(), day.day()),
        (1, 1 | 6) | (5, 1) | (6, 6) | (12, 25 | 26)
    )
}

fn is_around_easter(day: NaiveDate) -> bool {
    // Långfredagen, påskdagen, annandag påsk, Kristi himmelsfärdsdag, pingstdagen.
    let distance = (day - easter(day.year())).num_days();
    matches!(distance, -2 | 0 | 1 | 39 | 49)
}

fn is_named_saturday(day: NaiveDate) -> bool {
    let midsummer = day.month() == 6 && (20..=26).contains(&day.day());
    let all_saints =
        (day.month() == 10 && day.day() == 31) || (day.month() == 11 && day.day() <= 6);
    day.weekday() == Weekday::Sat && (midsummer || all_saints)
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
#[expect(
    clippy::many_single_char_names,
    reason = "the algorithm is published in these letters"
)]
fn easter(year: i32) -> NaiveDate {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (n / 31, n % 31 + 1);
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(month).unwrap_or(4),
        u32::try_from(day).unwrap_or(1),
    )
    .expect("the algorithm yields a day in March or April")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_sundays() {
        for text in [
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2285-03-22",
        ] {
            let sunday = day(text);
            assert_eq!(easter(sunday.year()), sunday);
        }
    }

    #[test]
    fn the_law_and_not_the_eves() {
        for text in [
            "2026-01-01",
            "2026-01-06",
            "2026-04-03",
            "2026-04-05",
            "2026-04-06",
            "2026-05-01",
            "2026-05-14",
            "2026-05-24",
            "2026-06-06",
            "2026-06-20",
            "2026-10-31",
            "2026-12-25",
            "2026-12-26",
        ] {
            assert!(is_public_holiday(day(text)), "{text}");
        }
        for text in [
            "2026-01-05",
            "2026-04-02",
            "2026-06-19",
            "2026-10-30",
            "2026-12-24",
            "2026-12-31",
        ] {
            assert!(is_working_day(day(text)), "{text}");
        }
    }
}
