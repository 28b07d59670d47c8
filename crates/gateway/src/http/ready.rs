//! Behind the erasure ledger the gateway serves nobody: it holds persons too, and they could be ones that were erased.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::pages::error::WebError;
use crate::services::Part;
use crate::state::Gateway;

/// The layer: 503 until every reason against serving is gone.
pub async fn ready(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    if gateway.readiness.is_ready() {
        Ok(next.run(request).await)
    } else {
        Err(WebError::Away(Part::Gateway))
    }
}
