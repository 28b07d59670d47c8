//! One span and one line for each request: method, route template, status, time. Never the path, the query or a body: a
//! path can hold a token, a query an address. The trace begins here, or where a trusted proxy says: a stranger's
//! `traceparent` is not believed.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use service_kit::telemetry::TraceContext;
use tracing::{Instrument as _, Span, field};

use super::client_address;
use crate::state::Gateway;

/// The layer.
pub async fn trace(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let span = span(known(request.method()), &route, &begun(&gateway, &request));
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    let milliseconds = seconds * 1_000.0;
    span.record("http.status", status);
    span.in_scope(|| {
        tracing::info!(
            http.status = status,
            duration_ms = milliseconds,
            "request served"
        );
    });
    metrics::histogram!("gateway_request_seconds", "route" => route, "status" => status.to_string()).record(seconds);
    response
}

/// A stranger's word must become neither a name nor a line in a log.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Where the proxy before us has begun the trace, if it has and we trust it.
fn begun(gateway: &Gateway, request: &Request) -> TraceContext {
    let peer = client_address::peer(request.extensions());
    if gateway.settings.trusted_proxies.contains(&peer) {
        TraceContext::from_headers(request.headers())
    } else {
        TraceContext::default()
    }
}

fn span(method: &'static str, route: &str, begun: &TraceContext) -> Span {
    let span = tracing::info_span!(
        "http.request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.method = method,
        http.route = route,
        http.status = field::Empty,
        trace.id = field::Empty,
    );
    begun.set_parent(&span);
    span.record("trace.id", TraceContext::of(&span).trace_id());
    span
}
