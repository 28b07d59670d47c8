//! What is counted of orders, over which periods. Pure.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};
use chrono_tz::Europe::Stockholm;

/// Periods of one report at most: a year of days, seven years of weeks.
pub const PERIODS_MAX: usize = 400;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// A day by Swedish clocks.
    Day,
    /// From Monday to Sunday (ISO 8601).
    Week,
    /// A month of the calendar.
    Month,
}

/// What orders are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Not at all.
    Nothing,
    /// Who delivers.
    Provider,
    /// The technical service.
    Service,
    /// Where the order is now.
    State,
}

/// A part of the time that a report is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub day: NaiveDate,
    /// From then on.
    pub from: DateTime<Utc>,
    /// Until just before then.
    pub until: DateTime<Utc>,
}

/// The periods from the day `from` to the day `until`, both included. The first and the last may be cut. None: there are more than
/// [`PERIODS_MAX`], or `until` is before `from`.
pub fn periods(from: NaiveDate, until: NaiveDate, interval: Interval) -> Option<Vec<Period>> {
    let end = until.checked_add_days(Days::new(1))?;
    let (mut periods, mut day) = (Vec::new(), from);
    while day < end {
        let next = after(day, interval)?.min(end);
        periods.push(Period {
            day,
            from: midnight(day),
            until: midnight(next),
        });
        if periods.len() > PERIODS_MAX {
            return None;
        }
        day = next;
    }
    Some(periods).filter(|periods| !periods.is_empty())
}

/// The first day of the period after the one that a day lies in.
fn after(day: NaiveDate, interval: Interval) -> Option<NaiveDate> {
    match interval {
        Interval::Day => day.checked_add_days(Days::new(1)),
        Interval::Week => {
            let left = 7 - u64::from(day.weekday().num_days_from_monday());
            day.checked_add_days(Days::new(left))
        }
        Interval::Month => day.with_day(1)?.checked_add_months(Months::new(1)),
    }
}

/// When a day begins by Swedish clocks, which are changed at two or three in the night.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_hms_opt(0, 0, 0).expect("a time of a day");
    let there = local.and_local_timezone(Stockholm).earliest();
    there
        .expect("no clock is changed at midnight")
        .with_timezone(&Utc)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(from: &str, until: &str, interval: Interval) -> Vec<String> {
        let periods = periods(day(from), day(until), interval).unwrap();
        for pair in periods.windows(2) {
            assert_eq!(
                pair[0].until, pair[1].from,
                "nothing between, nothing twice"
            );
        }
        periods
            .iter()
            .map(|period| period.day.to_string())
            .collect()
    }

    #[test]
    fn periods_follow_the_calendar_and_are_cut_at_the_ends() {
        assert_eq!(
            days("2026-11-25", "2026-12-08", Interval::Week),
            ["2026-11-25", "2026-11-30", "2026-12-07"]
        );
        assert_eq!(
            days("2026-12-31", "2027-02-01", Interval::Month),
            ["2026-12-31", "2027-01-01", "2027-02-01"]
        );
        assert_eq!(days("2026-11-25", "2026-11-25", Interval::Day).len(), 1);
    }

    #[test]
    fn a_day_is_of_swedish_clocks_also_when_they_are_changed() {
        let hours = |text: &str| {
            let of = periods(day(text), day(text), Interval::Day).unwrap()[0];
            (of.until - of.from).num_hours()
        };
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("2026-11-22"), 24);
    }

    #[test]
    fn too_many_periods_and_none_are_refused() {
        assert!(periods(day("2026-01-01"), day("2027-02-04"), Interval::Day).is_some());
        assert!(periods(day("2026-01-01"), day("2027-02-05"), Interval::Day).is_none());
        assert!(periods(day("2026-01-02"), day("2026-01-01"), Interval::Day).is_none());
        assert!(periods(NaiveDate::MAX, NaiveDate::MAX, Interval::Day).is_none());
    }
}
