//! When a request must be answered: art. 12(3) GDPR, counted by Regulation (EEC, Euratom) No 1182/71 art. 3.
//!
//! `roll(add_months(received, 1 or 3) + paused days)`, rolled once, in Swedish time.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;

use kernel::holidays::roll;

/// Months to answer without an extension.
const FIRST: Months = Months::new(1);
/// Months in all, when the person was told of an extension within the first deadline.
const EXTENDED: Months = Months::new(3);

/// A time in which the clock stood still, because a reasonable question about identity was unanswered: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The first day that does not count.
    pub from: NaiveDate,
    /// The first day that counts again.
    pub to: NaiveDate,
}

/// How long there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// One month.
    First,
    /// Three months: the extension was sent in time.
    Extended,
}

/// The last day on which an answer is in time.
#[must_use]
pub fn last_day(received: DateTime<Utc>, period: Period, pauses: &[Pause]) -> NaiveDate {
    let received = received.with_timezone(&Stockholm).date_naive();
    let months = match period {
        Period::First => FIRST,
        Period::Extended => EXTENDED,
    };
    roll(received + months + Days::new(paused_days(pauses)))
}

/// The instant at which the last day ends in Sweden, less one second.
#[must_use]
pub fn deadline(received: DateTime<Utc>, period: Period, pauses: &[Pause]) -> DateTime<Utc> {
    let next = last_day(received, period, pauses) + Days::new(1);
    let midnight = Stockholm
        .from_local_datetime(&next.and_time(NaiveTime::MIN))
        .earliest()
        .expect("Swedish summer time changes at 02:00 and 03:00, never at midnight");
    midnight.with_timezone(&Utc) - chrono::Duration::seconds(1)
}

/// Whether an extension sent at this instant is valid: no later than the rolled first deadline.
#[must_use]
pub fn extension_in_time(received: DateTime<Utc>, pauses: &[Pause], sent: DateTime<Utc>) -> bool {
    sent <= deadline(received, Period::First, pauses)
}

fn paused_days(pauses: &[Pause]) -> u64 {
    pauses
        .iter()
        .map(|p| u64::try_from((p.to - p.from).num_days()).unwrap_or(0))
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn due(received: &str) -> String {
        last_day(at(received), Period::First, &[]).to_string()
    }

    #[test]
    fn the_table_of_the_first_month() {
        let table = [
            ("2026-01-31T10:00:00Z", "2026-03-02"), // 28 February is a Saturday
            ("2027-01-31T10:00:00Z", "2027-03-01"), // 28 February is a Sunday
            ("2028-01-31T10:00:00Z", "2028-02-29"), // leap year, a Tuesday
            ("2025-01-31T10:00:00Z", "2025-02-28"), // a Friday
            ("2026-11-25T10:00:00Z", "2026-12-28"), // Christmas: Friday, Saturday, then Sunday
            ("2025-11-25T10:00:00Z", "2025-12-29"), // Thursday 25, Friday 26, weekend
            ("2026-11-24T10:00:00Z", "2026-12-24"), // Christmas Eve is no holiday by law
            ("2026-03-03T10:00:00Z", "2026-04-07"), // Good Friday to Easter Monday
            ("2026-05-20T10:00:00Z", "2026-06-22"), // Midsummer's day
            ("2026-05-19T10:00:00Z", "2026-06-19"), // Midsummer's Eve
            ("2026-04-14T10:00:00Z", "2026-05-15"), // Ascension
            ("2025-12-06T10:00:00Z", "2026-01-07"), // Epiphany
            ("2026-05-31T10:00:00Z", "2026-06-30"), // no 31 June
        ];
        for (received, expected) in table {
            assert_eq!(due(received), expected, "{received}");
        }
    }

    #[test]
    fn the_day_of_receipt_is_swedish() {
        // 23:30 UTC on 14 January is 15 January in Stockholm.
        assert_eq!(due("2026-01-14T23:30:00Z"), "2026-02-16"); // 15 February is a Sunday
        assert_eq!(due("2026-07-14T22:30:00Z"), "2026-08-17"); // summer time; 15 August is a Saturday
    }

    #[test]
    fn the_deadline_is_the_end_of_the_day_in_sweden() {
        let winter = deadline(at("2025-01-31T10:00:00Z"), Period::First, &[]);
        assert_eq!(winter, at("2025-02-28T22:59:59Z"));
        let summer = deadline(at("2026-05-19T10:00:00Z"), Period::First, &[]);
        assert_eq!(summer, at("2026-06-19T21:59:59Z"));
    }

    #[test]
    fn paused_days_are_added_before_the_one_roll() {
        let pause = Pause {
            from: "2026-02-02".parse().unwrap(),
            to: "2026-02-05".parse().unwrap(),
        };
        // 15 February (a Sunday) + 3 days: a Wednesday, not the Monday rolled to, plus three.
        let day = last_day(at("2026-01-15T10:00:00Z"), Period::First, &[pause]);
        assert_eq!(day.to_string(), "2026-02-18");
    }

    #[test]
    fn an_extension_counts_only_if_sent_in_time() {
        let received = at("2026-01-31T10:00:00Z");
        assert!(extension_in_time(received, &[], at("2026-03-02T22:59:59Z")));
        assert!(!extension_in_time(
            received,
            &[],
            at("2026-03-02T23:00:00Z")
        ));
        assert_eq!(
            last_day(received, Period::Extended, &[]).to_string(),
            "2026-04-30"
        );
    }
}
