//! What clocks in Sweden show: customers, providers and the network's staff reckon by them.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;

/// The day of a moment.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Stockholm).date_naive()
}

/// A moment as people read it, to the minute: "2026-11-22 14:05".
pub fn minute(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Stockholm);
    local.format("%Y-%m-%d %H:%M").to_string()
}

/// The first moment of a day. No Swedish day begins at an hour that is left out when clocks change.
pub fn first_moment(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = Stockholm.from_local_datetime(&midnight).earliest();
    local.map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}
