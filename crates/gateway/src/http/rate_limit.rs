//! A token bucket per address and kind of request. Small on purpose: one map, bounded, no background task.
//!
//! Every answer whose request was counted says what is left, in the fields of the IETF draft "RateLimit header fields for HTTP"
//! (draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` has the quota `q` and the seconds `w` in which an empty bucket
//! fills, `RateLimit` what remains, `r`, and the seconds `t` until the bucket is full again. What is refused says in
//! `Retry-After` (RFC 9110, 10.2.3) when one request will be admitted.

use std::cell::Cell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use kernel::SharedClock;

use super::client_address::ClientAddress;
use crate::config::Rates;
use crate::limits;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limited {
    /// Public searches, and looking at a form.
    Search,
    /// Public orders and confirmations that are sent.
    Order,
    /// Everything where a secret is guessed.
    SignIn,
    /// Requests of providers' systems over ON-API.
    OnApi,
    /// Calls of provisioning and order systems over the legacy APIs.
    Legacy,
}

/// Buckets of the addresses that came lately.
#[derive(Debug)]
pub struct RateLimiter {
    rates: Rates,
    clock: SharedClock,
    buckets: Mutex<HashMap<(Limited, IpAddr), Bucket>>,
}

impl Limited {
    /// How the fields name it.
    const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Order => "order",
            Self::SignIn => "sign-in",
            Self::OnApi => "on-api",
            Self::Legacy => "legacy",
        }
    }
}

/// What a bucket holds after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    what: Limited,
    /// Requests of a full bucket.
    quota: i64,
    per_minute: i64,
    /// Thousandths of a request.
    millis: i64,
}

impl Left {
    /// Whole seconds until so many thousandths are there.
    const fn seconds_to(&self, millis: i64) -> i64 {
        let missing = millis - self.millis;
        if missing <= 0 {
            return 0;
        }
        let a_second = self.per_minute * 1_000;
        (missing * 60 + a_second - 1) / a_second
    }

    fn policy(&self) -> String {
        let window = Self { millis: 0, ..*self }.seconds_to(self.quota * 1_000);
        format!("\"{}\";q={};w={window}", self.what.name(), self.quota)
    }

    fn state(&self) -> String {
        let (left, full) = (self.millis / 1_000, self.seconds_to(self.quota * 1_000));
        format!("\"{}\";r={left};t={full}", self.what.name())
    }
}

tokio::task_local! {
    /// What the bucket holds that the request of this task was last counted against.
    static COUNTED: Cell<Option<Left>>;
}

/// The outermost layer: says in the answer what is left, whoever inside has counted the request.
pub async fn tell(request: Request, next: Next) -> Response {
    let counted = COUNTED.scope(Cell::new(None), async {
        let response = next.run(request).await;
        (response, COUNTED.with(Cell::get))
    });
    let (mut response, left) = counted.await;
    let Some(left) = left else {
        return response;
    };
    let refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, text: String| {
        let value = HeaderValue::try_from(text).expect("names and numbers are plain ASCII");
        headers.insert(name, value);
    };
    put(POLICY, left.policy());
    put(STATE, left.state());
    if refused {
        put(
            header::RETRY_AFTER,
            left.seconds_to(1_000).max(1).to_string(),
        );
    }
    response
}

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request.
    millis: i64,
    at: DateTime<Utc>,
}

impl RateLimiter {
    /// With these rates.
    pub fn new(rates: Rates, clock: SharedClock) -> Self {
        Self {
            rates,
            clock,
            buckets: Mutex::default(),
        }
    }

    /// Takes one request out of the bucket; false when it is empty.
    pub fn admit(&self, what: Limited, from: IpAddr) -> bool {
        self.take(what, from, 1_000)
    }

    /// Whether one request more would be admitted; takes none.
    pub fn has_left(&self, what: Limited, from: IpAddr) -> bool {
        self.take(what, from, 0)
    }

    /// Takes so many thousandths of a request, if there is a whole one.
    fn take(&self, what: Limited, from: IpAddr, millis: i64) -> bool {
        let (now, per_minute) = (self.clock.now(), self.per_minute(what));
        let full = (per_minute / 3).max(1) * 1_000;
        let mut buckets = self.buckets.lock().expect("no panic while held");
        if buckets.len() >= limits::RATE_ADDRESSES {
            // What has had time to fill up again says nothing any more.
            buckets.retain(|_, bucket| (now - bucket.at).num_seconds() < 60);
            if buckets.len() >= limits::RATE_ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry((what, block_of(from))).or_insert(Bucket {
            millis: full,
            at: now,
        });
        let passed_ms = (now - bucket.at).num_milliseconds().clamp(0, 60_000);
        bucket.millis = (bucket.millis + passed_ms * per_minute / 60).min(full);
        bucket.at = now;
        let admitted = bucket.millis >= 1_000;
        if admitted {
            bucket.millis -= millis;
        }
        let left = Left {
            what,
            quota: full / 1_000,
            per_minute,
            millis: bucket.millis,
        };
        // Outside of a request, as in tests, nobody is told.
        let _ = COUNTED.try_with(|counted| counted.set(Some(left)));
        admitted
    }

    fn per_minute(&self, what: Limited) -> i64 {
        i64::from(match what {
            Limited::Search => self.rates.search_per_minute,
            Limited::Order => self.rates.order_per_minute,
            Limited::SignIn => self.rates.sign_in_per_minute,
            Limited::OnApi => self.rates.on_api_per_minute,
            Limited::Legacy => self.rates.legacy_per_minute,
        })
    }
}

/// Somebody with IPv6 has a whole /64.
fn block_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// The layer: answers 429 when an address comes too often.
pub async fn limit(
    State((gateway, what)): State<(Gateway, Limited)>,
    ClientAddress(from): ClientAddress,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    // A page that is only looked at guesses nothing.
    let harmless = what != Limited::Search && request.method().is_safe();
    if harmless || gateway.limiter.admit(what, from) {
        return Ok(next.run(request).await);
    }
    metrics::counter!("gateway_rate_limited_total").increment(1);
    Err(WebError::TooMany)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Left, Limited, RateLimiter, Rates};
    use chrono::{DateTime, Duration};
    use kernel::FixedClock;

    #[test]
    fn a_bucket_empties_and_fills_again_for_each_address() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let rates = Rates {
            search_per_minute: 60,
            order_per_minute: 6,
            sign_in_per_minute: 6,
            on_api_per_minute: 6,
            legacy_per_minute: 6,
        };
        let limiter = RateLimiter::new(rates, Arc::new(clock.clone()));
        let (a, b) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert!(limiter.admit(Limited::SignIn, a) && limiter.admit(Limited::SignIn, a));
        assert!(!limiter.has_left(Limited::SignIn, a) && !limiter.admit(Limited::SignIn, a));
        assert!(limiter.admit(Limited::SignIn, b) && limiter.admit(Limited::Search, a));
        clock.advance(Duration::seconds(10));
        assert!(limiter.has_left(Limited::SignIn, a) && limiter.admit(Limited::SignIn, a));
        assert!(!limiter.admit(Limited::SignIn, a));
    }

    #[test]
    fn what_is_left_is_said_in_whole_requests_and_seconds() {
        let left = |millis| Left {
            what: Limited::OnApi,
            quota: 20,
            per_minute: 60,
            millis,
        };
        assert_eq!(left(0).policy(), "\"on-api\";q=20;w=20");
        assert_eq!(left(19_001).state(), "\"on-api\";r=19;t=1");
        assert_eq!(left(20_000).state(), "\"on-api\";r=20;t=0");
        assert_eq!(left(999).seconds_to(1_000), 1);
        let slow = Left {
            per_minute: 6,
            ..left(0)
        };
        assert_eq!(slow.seconds_to(1_000), 10);
    }

    #[test]
    fn one_ipv6_network_is_one_visitor() {
        let clock = FixedClock::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let rates = Rates {
            search_per_minute: 3,
            order_per_minute: 3,
            sign_in_per_minute: 3,
            on_api_per_minute: 3,
            legacy_per_minute: 3,
        };
        let limiter = RateLimiter::new(rates, Arc::new(clock));
        assert!(limiter.admit(Limited::Order, "2001:db8::1".parse().unwrap()));
        assert!(!limiter.admit(Limited::Order, "2001:db8::2".parse().unwrap()));
        assert!(limiter.admit(Limited::Order, "2001:db8:0:1::1".parse().unwrap()));
    }
}
