//! The visitors' pages.

pub mod checkout;
pub mod choice;
mod confirm;
mod follow;
pub mod offer;
mod order;
mod order_page;
mod place;
mod privacy;
pub mod question;
mod receipt;
mod search;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::http::rate_limit::{Limited, limit};
use crate::state::Gateway;

/// `/{lang}/…` for visitors.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    let searching = Router::new()
        .route("/", get(search::page))
        .route("/search", get(search::results))
        .route("/place/{handle}", get(place::page))
        .route("/order/{handle}", get(order::choose))
        .route("/order/{handle}/{offerings}", get(order::page))
        .route("/receipt/{receipt}", get(receipt::page))
        .route("/follow/{token}", get(follow::page))
        .route_layer(from_fn_with_state(
            (gateway.clone(), Limited::Search),
            limit,
        ));
    let acting = Router::new()
        .route("/order/{handle}/{offerings}", post(order::place))
        .route("/confirm/{token}", get(confirm::page).post(confirm::answer))
        .route("/follow/{token}/{end}", get(follow::ask).post(follow::end))
        .route_layer(from_fn_with_state((gateway.clone(), Limited::Order), limit));
    Router::new()
        .route("/privacy", get(privacy::page))
        .merge(searching)
        .merge(acting)
}
