//! One span and two metrics per call: method, status, duration. Nothing of what was asked or answered.

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::respond::Answer;
use crate::telemetry::TraceContext;

/// Traces and counts every call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = TraceService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TraceService(inner)
    }
}

/// What [`TraceLayer`] makes of a service.
#[derive(Clone, Debug)]
pub(crate) struct TraceService<S>(S);

impl<S> Service<Request<Body>> for TraceService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = known(request.uri().path());
        let span = span(method, request.headers());
        let started = Instant::now();
        let answer = span.in_scope(|| self.0.call(request));
        let recorded = span.clone();
        let observed = async move {
            let answered = answer.await;
            if let Ok(response) = &answered {
                observe(&recorded, method, response.headers(), started);
            }
            answered
        };
        Box::pin(observed.instrument(span))
    }
}

/// The method if it is one of ours: a stranger's path must not become a label, nor a line in a log.
pub(super) fn known(path: &str) -> &'static str {
    match api::permission(path) {
        Some(permission) => permission.method,
        None if path.starts_with("/grpc.health.v1.") => "health",
        None => "unknown",
    }
}

fn span(method: &'static str, headers: &HeaderMap) -> Span {
    let begun = TraceContext::from_headers(headers);
    let trace = begun.valid_trace_id();
    let span = tracing::info_span!(
        "grpc",
        otel.name = method,
        otel.kind = "server",
        rpc.system = "grpc",
        rpc.method = method,
        trace.id = trace,
    );
    begun.set_parent(&span);
    if trace.is_none() {
        span.record("trace.id", TraceContext::of(&span).trace_id());
    }
    span
}

/// A unary failure is in the headers. A stream that fails later has answered already, and its failure is its own.
fn observe(span: &Span, method: &'static str, headers: &HeaderMap, started: Instant) {
    let elapsed = started.elapsed();
    let status = record(span, Some(headers), elapsed);
    metrics::counter!("uttag_grpc_calls_total", "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("uttag_grpc_call_seconds", "method" => method)
        .record(elapsed.as_secs_f64());
    tracing::debug!(rpc.status = status, "call answered");
}

/// Writes status and duration into a span, for whoever collects traces; no headers: the transport failed. Answers the
/// status. Lines are written before, and recording a field writes all that they say of the span anew.
pub(super) fn record(span: &Span, headers: Option<&HeaderMap>, elapsed: Duration) -> &'static str {
    let code = headers.map_or(Code::Unavailable, |headers| {
        Status::from_header_map(headers).map_or(Code::Ok, |status| status.code())
    });
    let name = code_name(code);
    span.set_attribute("rpc.status", name);
    span.set_attribute(
        "rpc.duration_ms",
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX),
    );
    name
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
