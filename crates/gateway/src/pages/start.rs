//! The pages before somebody is signed in: first start, sign-in, invitation, authenticator app.

mod enrol;
mod invitation;
mod login;
mod setup;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::http::guard;
use crate::http::rate_limit::{Limited, limit};
use crate::state::Gateway;

/// `/{lang}/setup` and `/{lang}/staff/…` without a session.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    Router::new()
        .route("/setup", get(setup::page).post(setup::begin))
        .route("/staff/login", get(login::page).post(login::sign_in))
        .route(
            "/staff/invitation/{token}",
            get(invitation::page).post(invitation::begin),
        )
        .route("/staff/enrol", post(enrol::finish))
        .route_layer(from_fn_with_state(gateway.clone(), guard::visit))
        .route_layer(from_fn_with_state(
            (gateway.clone(), Limited::SignIn),
            limit,
        ))
}
