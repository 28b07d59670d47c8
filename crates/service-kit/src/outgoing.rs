//! Calls to systems of others, whose addresses are theirs to say: providers' endpoints on the internet.
//!
//! What keeps a caller from being led into our own network: only https, only addresses of the internet (or those that the
//! settings allow) — looked at where the connection is made, so that a name cannot mean one address when it is looked at and
//! another when it is called —, no redirect, no proxy of the environment. What keeps one slow system from delaying others: a
//! time limit, few calls at once and a circuit breaker for each destination. Neither an address nor what is sent is logged.

mod address;
mod backoff;
mod breaker;
mod destinations;
mod resolver;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use ipnet::IpNet;
use kernel::SharedClock;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use url::{Host, Url};

pub use address::is_public;
pub use backoff::Backoff;

use destinations::Destinations;
use resolver::{AddressRefused, Gate, GatedResolver};

/// Calls at once to one destination.
pub const AT_ONCE_PER_DESTINATION: usize = 8;
/// Failures in a row after which a destination is left alone for a while.
pub const FAILURES_TO_OPEN: u32 = 5;
/// How long it is left alone at least; up to twice as long, so that instances do not come back together.
pub const OPEN_FOR: Duration = Duration::from_secs(30);
/// Connections that wait for the next call, for each destination.
const IDLE_PER_DESTINATION: usize = 2;
/// How long they wait.
const IDLE: Duration = Duration::from_secs(30);

/// `outgoing` in a service's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutgoingConfig {
    /// Plain HTTP, too: for trying.
    pub allow_http: bool,
    /// Networks that may be called although they are not of the internet: `["10.1.2.0/24"]`.
    pub allow: Vec<IpNet>,
    /// Until there is a connection, with its TLS.
    pub connect_ms: u64,
    /// Until the whole answer has come.
    pub total_ms: u64,
    /// A longer answer is refused.
    pub answer_bytes_max: usize,
}

impl Default for OutgoingConfig {
    fn default() -> Self {
        Self {
            allow_http: false,
            allow: Vec::new(),
            connect_ms: 5_000,
            total_ms: 15_000,
            answer_bytes_max: 64 * 1024,
        }
    }
}

/// What another system answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Vec<u8>,
}

/// Why there is no answer. It names no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Not https.
    #[error("the address is not https")]
    Insecure,
    /// It leads to an address that is not of the internet and not allowed.
    #[error("the address leads to where nothing may be called")]
    AddressRefused,
    /// The destination has failed too often, and is left alone until then.
    #[error("the destination is left alone until {0}")]
    Open(DateTime<Utc>),
    /// As many calls to it as may be are under way.
    #[error("too many calls to the destination are under way")]
    Busy,
    /// It did not answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// Its certificate is not good.
    #[error("the certificate is not accepted")]
    Certificate,
    /// Its name is unknown, or there was no connection.
    #[error("not reached")]
    Unreachable,
    /// The connection broke when the request was on its way, or its answer.
    #[error("the connection broke")]
    Broken,
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLong,
}

impl CallError {
    /// A word for logs, metrics and lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Insecure => "not_https",
            Self::AddressRefused => "address_refused",
            Self::Open(_) => "left_alone",
            Self::Busy => "busy",
            Self::TimedOut => "timed_out",
            Self::Certificate => "certificate",
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
            Self::TooLong => "answer_too_long",
        }
    }

    /// Whether it is certain that the other system has received nothing: a call that may not be made twice may be made again.
    pub const fn is_unsent(self) -> bool {
        match self {
            Self::Insecure
            | Self::AddressRefused
            | Self::Open(_)
            | Self::Busy
            | Self::Certificate
            | Self::Unreachable => true,
            Self::TimedOut | Self::Broken | Self::TooLong => false,
        }
    }

    /// What a failed request came to.
    fn of(error: &reqwest::Error) -> Self {
        // Once there is a connection nobody knows how far the request came.
        if !error.is_connect() {
            return if error.is_timeout() {
                Self::TimedOut
            } else {
                Self::Broken
            };
        }
        let mut cause: Option<&(dyn Error + 'static)> = error.source();
        while let Some(found) = cause {
            if found.is::<AddressRefused>() {
                return Self::AddressRefused;
            }
            let wrapped = found.downcast_ref::<std::io::Error>();
            let wrapped = wrapped.and_then(std::io::Error::get_ref);
            let inner = wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>());
            if found.is::<rustls::Error>() || inner.is_some() {
                return Self::Certificate;
            }
            cause = found.source();
        }
        Self::Unreachable
    }
}

/// Calls systems of others. Clones share their connections and what is known of the destinations.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    gate: Arc<Gate>,
    destinations: Arc<Destinations>,
    allow_http: bool,
    answer_bytes_max: usize,
    clock: SharedClock,
}

impl Outgoing {
    /// Calls as `user_agent`.
    ///
    /// # Errors
    /// This computer's certificate store cannot be used.
    pub fn new(
        config: &OutgoingConfig,
        user_agent: &str,
        clock: SharedClock,
    ) -> Result<Self, reqwest::Error> {
        let gate = Arc::new(Gate::new(config.allow.clone()));
        let client = Client::builder()
            .user_agent(user_agent)
            .https_only(!config.allow_http)
            .connect_timeout(Duration::from_millis(config.connect_ms))
            .timeout(Duration::from_millis(config.total_ms))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(GatedResolver::new(Arc::clone(&gate)))
            .pool_max_idle_per_host(IDLE_PER_DESTINATION)
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self {
            client,
            gate,
            destinations: Arc::default(),
            allow_http: config.allow_http,
            answer_bytes_max: config.answer_bytes_max,
            clock,
        })
    }

    /// Whether an address may be called, as far as it says so itself: a name is looked at again when it is called.
    ///
    /// # Errors
    /// [`CallError::Insecure`], [`CallError::AddressRefused`].
    pub fn check(&self, url: &Url) -> Result<(), CallError> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            _ => return Err(CallError::Insecure),
        }
        // An address that is written as numbers is not resolved, and would pass the resolver by.
        let admitted = match url.host() {
            Some(Host::Ipv4(ip)) => self.gate.admits(ip.into()),
            Some(Host::Ipv6(ip)) => self.gate.admits(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if admitted {
            Ok(())
        } else {
            Err(CallError::AddressRefused)
        }
    }

    /// Sends a body once and gives the whole answer, whatever its status. A redirect is an answer.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let request = self.client.post(url.clone()).headers(headers).body(body);
        self.call(url, request, self.answer_bytes_max).await
    }

    /// Asks once and gives the whole answer, whatever its status; one of more than `bytes_max` is refused.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn get(
        &self,
        url: &Url,
        headers: HeaderMap,
        bytes_max: usize,
    ) -> Result<Answer, CallError> {
        let request = self.client.get(url.clone()).headers(headers);
        self.call(url, request, bytes_max).await
    }

    /// Until when a destination is left alone; nothing when it may be called.
    pub fn left_alone(&self, url: &Url) -> Option<DateTime<Utc>> {
        let key = url.origin().ascii_serialization();
        self.destinations.open_until(&key, self.clock.now())
    }

    async fn call(
        &self,
        url: &Url,
        request: RequestBuilder,
        bytes_max: usize,
    ) -> Result<Answer, CallError> {
        self.check(url)?;
        let key = url.origin().ascii_serialization();
        let call = self.destinations.enter(&key, self.clock.now())?;
        let answer = send(request, bytes_max).await;
        let works = match &answer {
            Ok(answer) => {
                !answer.status.is_server_error() && answer.status != StatusCode::TOO_MANY_REQUESTS
            }
            // It answers; that it says too much is no reason to leave it alone.
            Err(error) => *error == CallError::TooLong,
        };
        call.end(works, self.clock.now(), rand::random());
        answer
    }
}

async fn send(request: RequestBuilder, bytes_max: usize) -> Result<Answer, CallError> {
    let response = request.send().await;
    let mut response = response.map_err(|error| CallError::of(&error))?;
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let body = receive(response, bytes_max).await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

async fn receive(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, CallError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(CallError::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| CallError::of(&error))?
    {
        if body.len() + chunk.len() > bytes_max {
            return Err(CallError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}
