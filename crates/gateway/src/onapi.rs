//! ON-API, the network's side, versions 2.4, 2.5 and 2.6 next to each other under `/onapi/{version}/`: what the address
//! registry feeds, and a provider's technical orders with what comes of them. The credential names the provider and the network; see docs/on-api.md for what is served and for what
//! was chosen where the specification contradicts itself.
#![expect(
    clippy::struct_field_names,
    reason = "the names of the JSON, not of the program"
)]

mod access_json;
mod accesses;
mod body;
mod changes;
mod door;
mod endpoints;
mod errors;
mod events;
mod order_events;
mod order_input;
mod order_json;
mod orders;
mod services;
mod services_json;
pub(crate) mod since;
mod subscriptions;
mod versions;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, any, get};

use crate::http::ready;
use crate::limits;
use crate::state::Gateway;

/// `/onapi/…`. `GET` answers `HEAD` too.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    let served = Router::new();
    let served = both_forms(served, "/{version}", || get(endpoints::list));
    let served = both_forms(served, "/{version}/accesses", || get(accesses::list));
    let served = both_forms(served, "/{version}/accesses/{id}", || get(accesses::one));
    let served = both_forms(served, "/{version}/services", || get(services::list));
    let served = both_forms(served, "/{version}/services/{id}", || get(services::one));
    let served = both_forms(served, "/{version}/events", || get(events::list));
    let served = both_forms(served, "/{version}/subscriptions", || {
        get(subscriptions::list)
    });
    let served = both_forms(served, "/{version}/subscriptions/{id}", || {
        get(subscriptions::one)
    });
    let served = both_forms(served, "/{version}/orderevents", || get(order_events::list));
    let served = both_forms(served, "/{version}/orders", || {
        get(orders::list).post(orders::create)
    });
    let served = both_forms(served, "/{version}/orders/{id}", || {
        get(orders::one)
            .put(orders::put)
            .patch(orders::patch)
            .delete(orders::delete)
    });
    let served = served
        .layer(DefaultBodyLimit::max(limits::ON_API_BODY_BYTES))
        .fallback(errors::unknown_endpoint)
        .method_not_allowed_fallback(errors::wrong_method);
    // What is nested answers to no slash alone.
    let bare = Router::new().route("/onapi/", any(errors::unknown_endpoint));
    Router::new()
        .nest("/onapi", surrounded(gateway, served))
        .merge(surrounded(gateway, bare))
}

/// With what lies around everything here, from the inside out: who comes in, whether we serve, how errors are said.
fn surrounded(gateway: &Gateway, routes: Router<Gateway>) -> Router<Gateway> {
    routes
        .layer(from_fn_with_state(gateway.clone(), door::door))
        .layer(from_fn_with_state(gateway.clone(), ready::ready))
        .layer(from_fn(errors::render))
}

/// With and without a slash at the end: the specification's examples have both.
fn both_forms(
    router: Router<Gateway>,
    path: &str,
    handler: impl Fn() -> MethodRouter<Gateway>,
) -> Router<Gateway> {
    router
        .route(path, handler())
        .route(&format!("{path}/"), handler())
}
