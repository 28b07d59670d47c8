//! The market database's import API ("MdB2 import API" of the Atlas XML API), so that a network's provisioning system that
//! talks to it needs another address and another credential and nothing else. The credential names the network; see
//! docs/legacy-api.md for what is served and for what was chosen where nothing is known.

mod answer;
mod calls;
mod names;
mod params;
mod refusals;
mod sent;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;

use self::answer::{Answer, Form};
use crate::http::ready;
use crate::limits;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// `/legacy/mdb2`: one address, as there; the method is a parameter.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    Router::new()
        .route("/legacy/mdb2", any(calls::serve))
        .route("/legacy/mdb2/", any(calls::serve))
        .layer(DefaultBodyLimit::max(limits::LEGACY_BODY_BYTES))
        .layer(from_fn_with_state(gateway.clone(), ready::ready))
        .layer(from_fn(render))
}

/// The layer: what other layers refused in the pages' way is said in the envelope.
async fn render(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<WebError>() {
        Some(error) => Answer::of_error(Answer::NO_METHOD, &error)
            .said(Form::Xml)
            .into_response(),
        None => response,
    }
}
