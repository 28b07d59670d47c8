//! The port for operators: `/livez`, `/readyz` with the reasons, `/metrics`. It tells no secrets and takes no orders, and
//! is meant for loopback or the cluster's own network.

use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Why whatever is behind the port is not ready; nothing when it is.
pub type Reasons = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// What Prometheus expects of a text answer.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves until `shutdown`.
pub async fn serve(
    listener: TcpListener,
    reasons: Reasons,
    metrics: PrometheusHandle,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    tracing::info!(server.address = %address, "serving health and metrics");
    axum::serve(listener, router(reasons, metrics))
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await
        .context("the admin server failed")
}

fn router(reasons: Reasons, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(readyz).with_state(reasons))
        .route("/metrics", get(render).with_state(metrics))
}

async fn readyz(State(reasons): State<Reasons>) -> impl IntoResponse {
    let reasons = reasons();
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(serde_json::json!({ "ready": reasons.is_empty(), "reasons": reasons })),
    )
}

async fn render(State(metrics): State<PrometheusHandle>) -> impl IntoResponse {
    metrics.run_upkeep();
    ([(CONTENT_TYPE, PROMETHEUS_TEXT)], metrics.render())
}
