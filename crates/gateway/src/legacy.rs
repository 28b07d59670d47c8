//! The Atlas XML APIs that networks' and providers' systems have scripts against: the market database's import API and the
//! service guide's order API. Such a script needs another address and another credential and nothing else. The credential
//! names the network, and the provider; see docs/legacy-api.md for what is served and for what was chosen where nothing is known.

mod answer;
mod calls;
mod content;
mod door;
mod names;
mod orders;
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

/// `/legacy/mdb2` and `/legacy/orders`: one address for each API, as there; the method is a parameter.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    Router::new()
        .route("/legacy/mdb2", any(calls::serve))
        .route("/legacy/mdb2/", any(calls::serve))
        .route("/legacy/orders", any(orders::serve))
        .route("/legacy/orders/", any(orders::serve))
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
