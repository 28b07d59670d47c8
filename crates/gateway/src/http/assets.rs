//! Stylesheet, script and icon, compiled in; kept by browsers for a day, because their names do not change.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::state::Gateway;

const STYLE: &str = include_str!("../../assets/style.css");
/// htmx 2.0.11, 0BSD; its licence lies beside it and is served with it.
const HTMX: &str = include_str!("../../assets/htmx.min.js");
const UPLOAD: &str = include_str!("../../assets/upload.js");
const HTMX_LICENCE: &str = include_str!("../../assets/htmx.LICENSE");
const ICON: &str = include_str!("../../assets/icon.svg");

/// `/assets/…`. The only answers that are compressed: a compressed page would tell an eavesdropper, by its length, about
/// the tokens in it (BREACH).
pub fn routes() -> Router<Gateway> {
    Router::new()
        .route(
            "/assets/style.css",
            get(|| async { kept("text/css; charset=utf-8", STYLE) }),
        )
        .route(
            "/assets/htmx.min.js",
            get(|| async { kept("text/javascript; charset=utf-8", HTMX) }),
        )
        .route(
            "/assets/upload.js",
            get(|| async { kept("text/javascript; charset=utf-8", UPLOAD) }),
        )
        .route(
            "/assets/htmx.LICENSE",
            get(|| async { kept("text/plain; charset=utf-8", HTMX_LICENCE) }),
        )
        .route(
            "/assets/icon.svg",
            get(|| async { kept("image/svg+xml", ICON) }),
        )
        .layer(CompressionLayer::new())
}

fn kept(kind: &'static str, body: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        body,
    )
}
