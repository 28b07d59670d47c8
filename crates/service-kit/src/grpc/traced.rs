//! A span for each call that we make: method, status, duration. What is asked travels inside it, so that the span of the
//! service that answers becomes its child.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Request, Response};
use tonic::body::Body;
use tower::Service;
use tracing::{Instrument as _, Span};

use super::trace::{known, record};

/// Leaves a span of each call through the channel inside.
#[derive(Clone, Debug)]
pub struct Traced<S>(S);

impl<S> Traced<S> {
    pub(crate) fn new(channel: S) -> Self {
        Self(channel)
    }
}

impl<S, B> Service<Request<Body>> for Traced<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let span = span(known(request.uri().path()));
        let started = Instant::now();
        // The interceptor inside reads the current span and writes its place into the headers.
        let answer = span.in_scope(|| self.0.call(request));
        let recorded = span.clone();
        let observed = async move {
            let answered = answer.await;
            let status = answered.as_ref().ok().map(Response::headers);
            record(&recorded, status, started.elapsed());
            answered
        };
        Box::pin(observed.instrument(span))
    }
}

fn span(method: &'static str) -> Span {
    tracing::info_span!(
        "grpc.call",
        otel.name = method,
        otel.kind = "client",
        rpc.system = "grpc",
        rpc.method = method,
    )
}
