//! The client: a lazy channel to another service, with a token, a deadline and the trace of whoever calls.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{GrpcMethod, Request, Status};

use super::{Endpoint, Traced, deadline, tls};
use crate::caller::{Caller, CallerError, TokenIssuer};
use crate::telemetry::TraceContext;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Headers of one answer: the violations of a request travel there.
const HEADERS_MAX_BYTES: u32 = 64 * 1024;
/// What one answer may have sent that nobody has read yet. All calls to a service share one connection: a stream that is
/// read slowly must not take up the window of the others.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
/// What all of them may have sent together; room for many more slow streams than anybody is given.
const CONNECTION_WINDOW_BYTES: u32 = 16 * 1024 * 1024;
/// A token for one call.
const TOKEN_LIFETIME: Duration = Duration::from_mins(5);

/// A channel that carries a token, and leaves a span of each call.
pub type ClientChannel = Traced<InterceptedService<Channel, Credentials>>;

/// A channel that connects when it is first used, and again whenever it must.
pub fn channel(endpoint: &Endpoint) -> anyhow::Result<Channel> {
    let mut builder = tonic::transport::Endpoint::from_shared(endpoint.url.clone())
        .with_context(|| format!("{} is no address of a service", endpoint.url))?
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEPALIVE_INTERVAL))
        .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_max_header_list_size(HEADERS_MAX_BYTES);
    if let Some(files) = &endpoint.tls {
        builder = builder
            .tls_config(tls::client(files)?)
            .context("the client's certificate or key is not usable")?;
    }
    Ok(builder.connect_lazy())
}

/// Calls as ourselves: every call gets a token that names this service.
pub fn as_service(channel: Channel, issuer: Arc<TokenIssuer>, audience: &str) -> ClientChannel {
    let token = Token::Service {
        issuer,
        audience: audience.into(),
    };
    Traced::new(InterceptedService::new(channel, Credentials(token)))
}

/// Calls with a token that somebody has already: the gateway for a user, a provider's system.
pub fn with_token(channel: Channel, token: impl Into<String>) -> ClientChannel {
    let token = Token::Given(token.into().into());
    Traced::new(InterceptedService::new(channel, Credentials(token)))
}

/// Puts token, deadline and trace into each request.
#[derive(Clone, Debug)]
pub struct Credentials(Token);

#[derive(Clone)]
enum Token {
    Service {
        issuer: Arc<TokenIssuer>,
        audience: Arc<str>,
    },
    Given(Arc<str>),
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        // Not marked as sensitive: HPACK would spell a mark's value out in each call. It guards what can be guessed (RFC 7541
        // §7.1.3), a signed token cannot, and nothing logs headers.
        let value = self.0.header().map_err(|_| CallerError::Invalid)?;
        let path = request
            .extensions()
            .get::<GrpcMethod<'static>>()
            .map(|m| format!("/{}/{}", m.service(), m.method()));
        let metadata = request.metadata_mut();
        metadata.insert("authorization", value);
        if let Some(path) = path
            && !metadata.contains_key(deadline::GRPC_TIMEOUT.as_str())
        {
            request.set_timeout(deadline::of(&path));
        }
        TraceContext::current().write(request.metadata_mut());
        Ok(request)
    }
}

impl Token {
    fn header(
        &self,
    ) -> Result<MetadataValue<Ascii>, tonic::metadata::errors::InvalidMetadataValue> {
        match self {
            Self::Service { issuer, audience } => {
                let token =
                    issuer.issue(&Caller::service(issuer.service()), audience, TOKEN_LIFETIME);
                format!("Bearer {token}").parse()
            }
            Self::Given(token) => format!("Bearer {token}").parse(),
        }
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Service { audience, .. } => write!(f, "Service({audience})"),
            Self::Given(_) => f.write_str("Given(..)"),
        }
    }
}
