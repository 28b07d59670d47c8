//! The staff's pages, area by area; each area behind its own guard.

mod accesses;
mod contacts;
mod contract;
mod contract_choices;
mod contract_end;
mod contracts;
mod credentials;
mod data_map;
mod documents;
mod extracts;
mod form_edit;
mod form_field;
mod handovers;
mod holders;
mod home;
mod import;
mod imports;
mod log;
mod logout;
mod network;
mod neutrality;
mod offering_form;
mod order_end;
mod order_forms;
mod orders;
mod people;
mod preview;
mod protected;
mod providers;
mod pull;
mod request;
mod request_new;
mod request_view;
mod requests;
mod residents;
mod statistics;
mod system_form;
mod system_pull;
mod systems;
mod technical_move;
mod technical_orders;
mod users;
mod webhook_deliveries;
mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::domain::area::Area;
use crate::http::guard;
use crate::limits;
use crate::state::Gateway;

/// The page of a list that is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default)]
    page: String,
    #[serde(default)]
    status: i32,
    #[serde(default)]
    state: String,
    #[serde(default)]
    joined: bool,
    #[serde(default)]
    saved: bool,
}

/// `/{lang}/staff/…` for signed-in staff.
pub fn routes(gateway: &Gateway) -> Router<Gateway> {
    let behind = |area: Area, pages: Router<Gateway>| {
        pages.route_layer(from_fn_with_state((gateway.clone(), area), guard::staff))
    };
    Router::new()
        .merge(behind(Area::Home, home_routes()))
        .merge(behind(Area::Users, user_routes()))
        .merge(behind(Area::Imports, import_routes()))
        .merge(behind(Area::Accesses, access_routes()))
        .merge(behind(Area::Orders, order_routes()))
        .merge(behind(
            Area::Neutrality,
            Router::new().route("/staff/neutrality", get(neutrality::page)),
        ))
        .merge(behind(Area::TechnicalMove, technical_move_routes()))
        .merge(behind(Area::OrderForms, order_form_routes()))
        .merge(behind(Area::OrderFormsChange, order_form_change_routes()))
        .merge(behind(Area::Contacts, contact_routes()))
        .merge(behind(
            Area::Providers,
            Router::new().route("/staff/providers", get(providers::page)),
        ))
        .merge(behind(Area::ProvidersChange, provider_change_routes()))
        .merge(behind(Area::Webhooks, webhook_routes()))
        .merge(behind(Area::Systems, system_routes()))
        .merge(behind(Area::Handovers, handover_routes()))
        .merge(behind(Area::Contracts, contract_routes()))
        .merge(behind(Area::ContractsChange, contract_change_routes()))
        .merge(behind(Area::Credentials, credential_routes()))
        .merge(behind(
            Area::Network,
            Router::new().route("/staff/network", get(network::page).post(network::change)),
        ))
        .merge(behind(
            Area::Protected,
            Router::new().route("/staff/protected", get(protected::list)),
        ))
        .merge(behind(Area::ProtectedDecide, protected_routes()))
        .merge(behind(Area::Requests, request_routes()))
        .merge(behind(Area::RequestsDecide, decision_routes()))
        .merge(behind(
            Area::Holders,
            Router::new().route("/staff/holders", get(holders::page)),
        ))
}

fn home_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff", get(home::page))
        .route("/staff/logout", post(logout::sign_out))
}

fn user_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/users", get(users::page).post(users::create))
        .route("/staff/users/{id}/reset", post(users::reset))
        .route("/staff/users/{id}/disable", post(users::disable))
}

fn import_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/imports", get(imports::list).post(imports::upload))
        .route("/staff/imports/pull", post(pull::start))
        .route("/staff/imports/{id}", get(import::page))
        .route("/staff/imports/{id}/decision", post(import::decide))
        .route("/staff/imports/{id}/rejected", get(import::rejected))
        .layer(DefaultBodyLimit::max(limits::UPLOAD_BYTES))
}

fn access_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/accesses", get(accesses::list))
        .route(
            "/staff/residents",
            get(residents::form).post(residents::find),
        )
        .route(
            "/staff/accesses/{id}",
            get(accesses::form).post(accesses::edit),
        )
        .route(
            "/staff/accesses/{id}/people",
            get(people::form).post(people::show),
        )
}

fn order_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/orders", get(orders::list))
        .route("/staff/statistics", get(statistics::page))
        .route("/staff/log", get(log::page))
        .route("/staff/preview", get(preview::search))
        .route("/staff/preview/{handle}", get(preview::place))
        .route("/staff/orders/{id}", get(orders::page))
        .route(
            "/staff/orders/{id}/end/{word}",
            get(order_end::ask).post(order_end::end),
        )
        .route("/staff/technical-orders", get(technical_orders::list))
        .route("/staff/technical-orders/{id}", get(technical_orders::page))
}

fn technical_move_routes() -> Router<Gateway> {
    Router::new().route(
        "/staff/technical-orders/{id}/move/{to}",
        get(technical_move::ask).post(technical_move::go),
    )
}

fn order_form_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/order-forms", get(order_forms::owners))
        .route("/staff/order-forms/versions", get(order_forms::versions))
        .route("/staff/order-forms/version", get(order_forms::version))
}

fn order_form_change_routes() -> Router<Gateway> {
    Router::new()
        .route(
            "/staff/order-forms/edit",
            get(form_edit::open).post(form_edit::act),
        )
        .layer(DefaultBodyLimit::max(limits::DRAFT_BYTES))
}

fn contact_routes() -> Router<Gateway> {
    Router::new()
        .route(
            "/staff/contacts",
            get(contacts::list).post(contacts::create),
        )
        .route("/staff/contacts/new", get(contacts::form))
        .route("/staff/contacts/{id}", post(contacts::open))
}

fn provider_change_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/providers", post(providers::put_provider))
        .route("/staff/offerings", post(providers::put_offering))
}

fn webhook_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/webhooks", get(webhooks::list))
        .route(
            "/staff/webhooks/disable",
            get(webhooks::ask).post(webhooks::disable),
        )
        .route(
            "/staff/webhooks/deliveries",
            get(webhook_deliveries::list).post(webhook_deliveries::resend),
        )
}

fn system_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/systems", get(systems::page).post(systems::put))
        .route("/staff/systems/try", post(systems::try_out))
        .route("/staff/systems/pull", post(systems::pull))
        .route(
            "/staff/systems/remove",
            get(systems::ask).post(systems::remove),
        )
}

fn handover_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/handovers", get(handovers::list))
        .route("/staff/handovers/resend", post(handovers::resend))
        .route("/staff/handovers/confirm", post(handovers::confirm))
}

fn contract_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/contracts", get(contracts::list))
        .route("/staff/extracts", get(extracts::list))
}

fn contract_change_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/contracts", post(contract::enter))
        .route("/staff/contracts/new", get(contract::new))
        .route(
            "/staff/contracts/{id}",
            get(contract::form).post(contract::change),
        )
        .route(
            "/staff/contracts/{id}/end",
            get(contract_end::ask).post(contract_end::end),
        )
}

fn credential_routes() -> Router<Gateway> {
    Router::new()
        .route(
            "/staff/credentials",
            get(credentials::page).post(credentials::create),
        )
        .route(
            "/staff/credentials/{kind}/{id}/revoke",
            get(credentials::ask).post(credentials::revoke),
        )
}

fn protected_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/protected", post(protected::ask))
        .route("/staff/protected/{id}", post(protected::decide))
        .route("/staff/protected/{id}/people", post(protected::look))
}

fn request_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/requests", get(requests::list))
        .route("/staff/requests/{id}", get(request::page))
        .route("/staff/requests/{id}/progress", get(request::progress))
        .route(
            "/staff/requests/{id}/certificate",
            get(documents::certificate),
        )
}

fn decision_routes() -> Router<Gateway> {
    Router::new()
        .route("/staff/requests", post(request_new::create))
        .route("/staff/requests/new", get(request_new::page))
        .route("/staff/requests/{id}/decide", post(request::decide))
        .route("/staff/requests/{id}/approve", post(request::approve))
        .route("/staff/requests/{id}/letter", get(documents::letter))
        .route(
            "/staff/requests/{id}/amendments/{number}",
            get(documents::amendment),
        )
        .route(
            "/staff/requests/{id}/package/{format}",
            get(documents::package),
        )
}
