//! `date`: from when on, by Swedish clocks where no other is named.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;

/// A date, a date with a time (with a space or a T between), or ISO 8601 with its zone.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN));
    let local = day
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    local.ok().map(utc)
}

/// The earlier of two where clocks are put back; where they are put forward, as if they had not been.
fn utc(local: NaiveDateTime) -> DateTime<Utc> {
    match Stockholm.from_local_datetime(&local).earliest() {
        Some(time) => time.to_utc(),
        None => local.and_utc() - Duration::hours(1),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn swedish_clocks_unless_another_zone_is_named() {
        for (text, utc) in [
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("2026-11-22 13:00:05", "2026-11-22T12:00:05Z"),
            ("2026-07-01T13:00:05", "2026-07-01T11:00:05Z"),
            ("2021-05-25T03:07:05Z", "2021-05-25T03:07:05Z"),
            ("2021-05-25T03:07:05+02:00", "2021-05-25T01:07:05Z"),
            ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
            ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
        ] {
            let wanted = utc.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert_eq!(parse(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "yesterday",
            "22/11/2026",
            "2026-13-01",
            "2026-11-22 25:00:00",
            "1795345200",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
