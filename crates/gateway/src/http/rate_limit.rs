//! A token bucket per address and kind of request. Small on purpose: one map, bounded, no background task.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::{Request, State};
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

    use super::{Limited, RateLimiter, Rates};
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
