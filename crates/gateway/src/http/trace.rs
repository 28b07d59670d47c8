//! One span and one line for each request: method, route template, status, time. Never the path, the query or a body: a
//! path can hold a token, a query an address.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

/// The layer.
pub async fn trace(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("http.request", http.method = %method, http.route = route);
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    let milliseconds = seconds * 1_000.0;
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
