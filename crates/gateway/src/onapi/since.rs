//! `If-Modified-Since` and `Last-Modified`: whole seconds, while changes have fractions of them.
//!
//! A header names a whole second, and stands for everything *before* it; whoever echoes it gets what is at it or after.
//! So nothing is lost as long as no change is still to come in a second that has been declared over. Changes of a network
//! come one after another, but each carries the time at which its transaction began: one that began in the same second
//! may be committed later. A second is declared over when a later one has been seen or enough time has passed.

use std::convert::Infallible;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum_extra::headers::{Header as _, HeaderMapExt as _, IfModifiedSince, LastModified};
use chrono::{DateTime, Duration, DurationRound as _, Utc};

/// What `If-Modified-Since` says. One that cannot be read is none (RFC 9110 §13.1.3).
#[derive(Clone, Copy, Debug)]
pub struct Since(pub Option<DateTime<Utc>>);

impl<S: Sync> FromRequestParts<S> for Since {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let since = parts.headers.typed_get::<IfModifiedSince>();
        Ok(Self(since.map(|since| SystemTime::from(since).into())))
    }
}

/// The whole second of a time.
pub fn second_of(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(Duration::seconds(1)).unwrap_or(time)
}

/// The second before which everything has been seen by whoever has seen everything up to `as_of`: that of `as_of`, or the
/// next when it has had time to settle.
pub fn seen_before(as_of: DateTime<Utc>, now: DateTime<Utc>, settled: Duration) -> DateTime<Utc> {
    let second = second_of(as_of);
    let over = second + Duration::seconds(1);
    if now - over >= settled { over } else { second }
}

/// The registry gives what is *after* a time; its times have microseconds.
pub fn just_before(second: DateTime<Utc>) -> prost_types::Timestamp {
    let before = second - Duration::microseconds(1);
    prost_types::Timestamp {
        seconds: before.timestamp(),
        nanos: i32::try_from(before.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

/// A time of the registry; nothing for what is none.
pub fn time_of(time: Option<&prost_types::Timestamp>) -> Option<DateTime<Utc>> {
    let time = time?;
    DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)
}

/// The header.
pub fn last_modified(second: DateTime<Utc>) -> Option<HeaderValue> {
    let mut values = Vec::new();
    LastModified::from(SystemTime::from(second)).encode(&mut values);
    values.pop()
}

#[cfg(test)]
mod tests {
    use super::{DateTime, Duration, Utc, just_before, last_modified, seen_before};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_second_is_over_when_it_has_settled() {
        let (as_of, settled) = (at("2026-09-21T12:00:00.7Z"), Duration::minutes(1));
        let seen = |now| seen_before(as_of, at(now), settled);
        assert_eq!(seen("2026-09-21T12:00:00.8Z"), at("2026-09-21T12:00:00Z"));
        assert_eq!(seen("2026-09-21T12:01:00.9Z"), at("2026-09-21T12:00:00Z"));
        assert_eq!(seen("2026-09-21T12:01:01Z"), at("2026-09-21T12:00:01Z"));
    }

    #[test]
    fn what_is_asked_for_includes_the_second_that_is_named() {
        let asked = just_before(at("2026-09-21T12:00:00Z"));
        let named = at("2026-09-21T12:00:00Z").timestamp();
        assert_eq!((asked.seconds, asked.nanos), (named - 1, 999_999_000));
    }

    #[test]
    fn the_header_is_an_http_date() {
        let header = last_modified(at("2019-02-04T18:22:33.9Z")).unwrap();
        assert_eq!(header, "Mon, 04 Feb 2019 18:22:33 GMT");
    }
}
