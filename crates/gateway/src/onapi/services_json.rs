//! The technical services of an access as JSON: with the access in 2.4 and 2.5, on an endpoint of their own from 2.6
//! (on-api.md §1.3, §1.6). The registry knows which services can be had and since when the access is connected.

use std::collections::HashSet;

use api::registry::{AccessState, MarketAccess};
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;
use serde::Serialize;

use super::versions::Dates;

/// Connected, nobody knows since when.
const UNKNOWN_PAST: &str = "1990-01-01T00:00:01Z";
/// To be connected, nobody knows when.
const UNKNOWN_FUTURE: &str = "3030-12-12T00:00:01Z";

/// The services of one access.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfAccess {
    access_id: String,
    services: Vec<Service>,
}

/// One service.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Service {
    /// From 2.5.
    #[serde(rename_all = "camelCase")]
    Timed {
        /// The key to order it.
        service: String,
        /// When it could first be delivered.
        connection_date_time: String,
        /// From when it can be ordered; empty: unknown or not.
        available_date_time: String,
        /// Until when there is one; empty: no end is known.
        disconnection_date_time: &'static str,
        /// Whether an order may take it over from another provider.
        forced_takeover_possible: bool,
    },
    /// In 2.4.
    #[serde(rename_all = "camelCase")]
    Dated {
        /// The key to order it.
        service: String,
        /// A date, `YES` or `NO`.
        connection: String,
        /// A date, `YES` or `NO`.
        available: String,
        /// A date, or empty.
        disconnection: &'static str,
        /// As above.
        forced_takeover_possible: bool,
    },
}

impl OfAccess {
    /// As the endpoint gives them; `taken_over` are the services that may be.
    pub fn of(access: &MarketAccess, dates: Dates, taken_over: &HashSet<String>) -> Self {
        let mut services = of(access, dates);
        for one in &mut services {
            let (Service::Timed {
                service,
                forced_takeover_possible,
                ..
            }
            | Service::Dated {
                service,
                forced_takeover_possible,
                ..
            }) = one;
            *forced_takeover_possible = taken_over.contains(service);
        }
        Self {
            access_id: access.access_id.clone(),
            services,
        }
    }
}

/// The services of the access. With the access nothing is said of taking them over.
pub fn of(access: &MarketAccess, dates: Dates) -> Vec<Service> {
    let day = NaiveDate::parse_from_str(&access.connected_on, "%Y-%m-%d").ok();
    let (there, sold) = (
        is_there(access.state()),
        access.state() == AccessState::Connected,
    );
    let (connection, available) = match dates {
        Dates::DateTime => timed(day, there, sold),
        Dates::DateOrWord => dated(day, there, sold),
    };
    let service = |name: &String| match dates {
        Dates::DateTime => Service::Timed {
            service: name.clone(),
            connection_date_time: connection.clone(),
            available_date_time: available.clone(),
            disconnection_date_time: "",
            forced_takeover_possible: false,
        },
        Dates::DateOrWord => Service::Dated {
            service: name.clone(),
            connection: connection.clone(),
            available: available.clone(),
            disconnection: "",
            forced_takeover_possible: false,
        },
    };
    access.services.iter().map(service).collect()
}

/// Whether the line is in place: what is disconnected or migrates once was delivered.
fn is_there(state: AccessState) -> bool {
    match state {
        AccessState::Connected
        | AccessState::Disconnected
        | AccessState::Inmigration
        | AccessState::Outmigration => true,
        AccessState::Unspecified
        | AccessState::Planned
        | AccessState::Deploying
        | AccessState::Homespassed => false,
    }
}

/// Connection and availability from 2.5.
fn timed(day: Option<NaiveDate>, there: bool, sold: bool) -> (String, String) {
    let unknown = if there { UNKNOWN_PAST } else { UNKNOWN_FUTURE };
    let connection = day.map_or_else(|| unknown.to_owned(), midnight);
    let available = if sold {
        connection.clone()
    } else {
        String::new()
    };
    (connection, available)
}

/// Connection and availability in 2.4.
fn dated(day: Option<NaiveDate>, there: bool, sold: bool) -> (String, String) {
    let day_or = |word: bool| {
        let word = if word { "YES" } else { "NO" };
        day.map_or_else(|| word.to_owned(), |day| day.to_string())
    };
    let available = if sold { day_or(true) } else { "NO".to_owned() };
    (day_or(there), available)
}

/// The day's first moment in Sweden, as UTC.
fn midnight(day: NaiveDate) -> String {
    let local = day.and_time(NaiveTime::MIN);
    let begins = Stockholm.from_local_datetime(&local).earliest();
    let begins: DateTime<Utc> = begins.map_or_else(|| local.and_utc(), |at| at.to_utc());
    begins.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::{NaiveDate, dated, midnight, timed};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_midnight_in_sweden() {
        assert_eq!(midnight(day("2008-02-12")), "2008-02-11T23:00:00Z");
        assert_eq!(midnight(day("2008-07-12")), "2008-07-11T22:00:00Z");
    }

    #[test]
    fn what_is_unknown_has_agreed_times_and_words() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let (past, future) = ("1990-01-01T00:00:01Z", "3030-12-12T00:00:01Z");
        assert_eq!(timed(None, true, true), pair(past, past));
        assert_eq!(timed(None, true, false), pair(past, ""));
        assert_eq!(timed(None, false, false), pair(future, ""));
        assert_eq!(dated(None, true, true), pair("YES", "YES"));
        assert_eq!(dated(None, true, false), pair("YES", "NO"));
        assert_eq!(dated(None, false, false), pair("NO", "NO"));
        let known = Some(day("2008-02-12"));
        assert_eq!(dated(known, true, true), pair("2008-02-12", "2008-02-12"));
        assert_eq!(dated(known, false, false), pair("2008-02-12", "NO"));
    }
}
