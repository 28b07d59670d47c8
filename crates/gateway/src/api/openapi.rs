//! The OpenAPI 3.1 document, from the handlers themselves.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    contacts, contracts, imports, info, market, match_address, neutrality, order_forms, order_log,
    order_moves, orders, place_orders, places, protected, providers, pulls, requests, session,
    statistics, token,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Uttag", description = "Addresses, orders, contacts and data-subject requests of a fibre network."),
    modifiers(&Session),
    paths(
        info::info, document, places::search, match_address::match_address, places::one, places::offers, place_orders::place,
        place_orders::place_all, orders::list, orders::one, order_moves::move_order,
        neutrality::report, statistics::report, statistics::file, order_log::list, order_log::file,
        session::open, session::close, token::token, imports::upload, imports::list, imports::one, imports::rejected,
        imports::preview, imports::apply, imports::undo, imports::forget, pulls::state, pulls::start,
        providers::list,
        providers::put_provider,
        providers::add_offering,
        providers::put_offering,
        order_forms::one, order_forms::list, order_forms::put,
        contracts::list, contracts::put, contracts::extracts,
        market::csv, market::txt,
        contacts::create, contacts::list, contacts::view, requests::open, requests::list, requests::one,
        requests::decide, requests::approve, requests::certificate, requests::package, requests::holders,
        protected::ask, protected::list, protected::decide, protected::look, protected::lift
    )
)]
struct Document;

/// The bearer token of a session, or of a provider's system; and its credential.
struct Session;

impl Modify for Session {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme =
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("session", scheme);
        let basic = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Basic).build());
        components.add_security_scheme("provider", basic);
    }
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "info", responses((status = 200, body = Object)))]
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
