//! The gate of a server: is the service ready, who calls, may they. Default deny.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tower::{Layer, Service};

use super::respond::{Answer, refuse};
use super::tls;
use crate::caller::{Caller, CallerError, CallerKind, TokenVerifier};
use crate::error::{ErrorKind, refusal};
use crate::lifecycle::Readiness;

const HEALTH: &str = "/grpc.health.v1.Health/";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/";

/// Lets a request through when the service is ready and the permission matrix has a row that names the caller; puts the
/// [`Caller`] into the request. Health needs no token; reflection needs any valid one.
#[derive(Clone, Debug)]
pub struct CallerLayer(Arc<Gate>);

#[derive(Debug)]
struct Gate {
    verifier: TokenVerifier,
    readiness: Readiness,
    open_when_fenced: &'static [&'static str],
    mutual_tls: bool,
}

impl CallerLayer {
    /// `mutual_tls`: clients show certificates, and a service's token must come with that service's certificate.
    pub fn new(
        verifier: TokenVerifier,
        readiness: Readiness,
        open_when_fenced: &'static [&'static str],
        mutual_tls: bool,
    ) -> Self {
        Self(Arc::new(Gate {
            verifier,
            readiness,
            open_when_fenced,
            mutual_tls,
        }))
    }
}

impl<S> Layer<S> for CallerLayer {
    type Service = CallerService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CallerService {
            inner,
            gate: self.0.clone(),
        }
    }
}

/// What [`CallerLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct CallerService<S> {
    inner: S,
    gate: Arc<Gate>,
}

impl<S> Service<Request<Body>> for CallerService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if request.uri().path().starts_with(HEALTH) {
            return Box::pin(self.inner.call(request));
        }
        match self.gate.admit(&request) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                Box::pin(self.inner.call(request))
            }
            Err(status) => refuse(status),
        }
    }
}

impl Gate {
    fn admit(&self, request: &Request<Body>) -> Result<Caller, Status> {
        let path = request.uri().path();
        if !self.readiness.is_ready() && !self.open_when_fenced.contains(&path) {
            return Err(refusal(
                ErrorKind::Unavailable,
                "FENCED",
                "the service is not ready, try again",
            ));
        }
        let token = bearer(request.headers()).ok_or(CallerError::Missing)?;
        let caller = self.verifier.verify(token)?;
        if self.mutual_tls && caller.kind == CallerKind::Service && !is_peer(request, &caller.id) {
            return Err(CallerError::Peer.into());
        }
        if !path.starts_with(REFLECTION) {
            self.permit(path, &caller)?;
        }
        Ok(caller)
    }

    fn permit(&self, path: &str, caller: &Caller) -> Result<(), CallerError> {
        let permission = api::permission(path).ok_or(CallerError::Denied)?;
        if permission.audience != self.verifier.audience() {
            return Err(CallerError::Audience);
        }
        if caller.may(permission) {
            Ok(())
        } else {
            Err(CallerError::Denied)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    // Two tokens are none: whoever sends both hopes that we read the other one.
    let alone = values.next().is_none();
    (alone && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

/// Whether the client certificate of the connection names this service.
fn is_peer(request: &Request<Body>, service: &str) -> bool {
    let certificates = request
        .extensions()
        .get::<TlsConnectInfo<TcpConnectInfo>>()
        .and_then(TlsConnectInfo::peer_certs);
    let Some(certificates) = certificates else {
        return false;
    };
    certificates
        .first()
        .is_some_and(|certificate| tls::names_service(certificate, service))
}
