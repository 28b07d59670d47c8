//! REST under `/api/v1`, and the token endpoint. JSON in camelCase, problem details for errors, the same services behind
//! as the pages.
#![expect(
    clippy::struct_field_names,
    reason = "the names of the JSON, not of the program"
)]

mod bearer;
mod contacts;
mod contracts;
mod convert;
mod imports;
mod info;
mod market;
mod match_address;
mod network;
mod neutrality;
mod offering_details;
mod openapi;
mod order_forms;
mod order_log;
mod order_moves;
mod orders;
mod place_orders;
mod places;
pub mod problem;
mod protected;
mod providers;
mod pulls;
mod requests;
mod session;
mod spreadsheet;
mod statistics;
mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};

use crate::http::rate_limit::{Limited, limit};
use crate::http::{origin, ready};
use crate::limits;
use crate::state::Gateway;
use problem::Problem;

/// `/api/v1/…` and `/oauth2/token`.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    let limited = |what, routes: Router<Gateway>| {
        routes.route_layer(from_fn_with_state((gateway.clone(), what), limit))
    };
    let versioned = Router::new()
        .route("/api-info", get(info::info))
        .route("/openapi.json", get(openapi::document))
        .merge(limited(Limited::Search, place_routes()))
        .merge(limited(
            Limited::Order,
            Router::new()
                .route("/orders", post(place_orders::place))
                .route("/checkouts", post(place_orders::place_all)),
        ))
        .merge(limited(
            Limited::SignIn,
            Router::new().route("/session", post(session::open)),
        ))
        .merge(limited(Limited::SignIn, market::routes()))
        .merge(staff_routes())
        .fallback(|| async { Problem::not_found() });
    let oauth = limited(
        Limited::SignIn,
        Router::new().route("/oauth2/token", post(token::token)),
    );
    Router::new()
        .nest("/api/v1", versioned)
        .merge(oauth)
        .layer(from_fn(origin::same_origin))
        .layer(from_fn_with_state(gateway.clone(), ready::ready))
        .layer(from_fn(problem::render_errors))
}

fn place_routes() -> Router<Gateway> {
    Router::new()
        .route("/places", get(places::search))
        .route("/places/match", get(match_address::match_address))
        .route("/places/{handle}", get(places::one))
        .route("/places/{handle}/offers", get(places::offers))
}

/// Each of these asks for its area itself: its caller is an extractor's type, `bearer::Allowed`.
fn staff_routes() -> Router<Gateway> {
    let imports = Router::new()
        .route("/imports", get(imports::list).post(imports::upload))
        .route("/imports/pull", get(pulls::state).post(pulls::start))
        .route("/imports/{id}", get(imports::one).delete(imports::forget))
        .route("/imports/{id}/preview", get(imports::preview))
        .route("/imports/{id}/apply", post(imports::apply))
        .route("/imports/{id}/undo", post(imports::undo))
        .route("/imports/{id}/rejected", get(imports::rejected))
        .layer(DefaultBodyLimit::max(limits::UPLOAD_BYTES));
    let protected = Router::new()
        .route(
            "/protected-disclosures",
            get(protected::list).post(protected::ask),
        )
        .route(
            "/protected-disclosures/{id}/decision",
            post(protected::decide),
        )
        .route("/protected-disclosures/{id}/people", post(protected::look))
        .route("/protected-marks/lift", post(protected::lift));
    Router::new()
        .merge(imports)
        .merge(protected)
        .route("/session", axum::routing::delete(session::close))
        .route("/orders", get(orders::list))
        .route("/orders/{id}", get(orders::one))
        .route("/statistics", get(statistics::report))
        .route("/statistics.csv", get(statistics::file))
        .route("/neutrality", get(neutrality::report))
        .route("/order-log", get(order_log::list))
        .route("/order-log.csv", get(order_log::file))
        .route("/orders/{id}/move", post(order_moves::move_order))
        .route("/providers", get(providers::list))
        .route("/providers/{id}", put(providers::put_provider))
        .route("/order-form", get(order_forms::one).put(order_forms::put))
        .route("/order-forms", get(order_forms::list))
        .route("/offerings", post(providers::add_offering))
        .route("/offerings/{id}", put(providers::put_offering))
        .route("/contracts", get(contracts::list).put(contracts::put))
        .route("/extracts", get(contracts::extracts))
        .route("/contacts", get(contacts::list).post(contacts::create))
        .route("/contacts/{id}/view", post(contacts::view))
        .route("/requests", get(requests::list).post(requests::open))
        .route("/requests/{id}", get(requests::one))
        .route("/requests/{id}/decision", post(requests::decide))
        .route("/requests/{id}/approval", post(requests::approve))
        .route("/requests/{id}/certificate", get(requests::certificate))
        .route("/requests/{id}/package", get(requests::package))
        .route("/holders", get(requests::holders))
}
