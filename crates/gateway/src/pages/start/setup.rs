//! The first start. From this computer only, with the secret from the console, once.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::enrol;
use crate::app::error::AppError;
use crate::app::setup::{self, FirstAdmin};
use crate::http::client_address::ClientAddress;
use crate::http::fields::CheckedFields;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::message;
use crate::pages::page::Page;
use crate::state::Gateway;

const FIELDS: &[&str] = &["network", "network_name", "name", "email"];

#[derive(Template)]
#[template(path = "start/setup.html")]
struct SetupPage {
    page: Page,
    form: Form,
}

/// `GET /{lang}/setup`.
pub async fn page(
    State(gateway): State<Gateway>,
    address: ClientAddress,
    page: Page,
) -> Result<Response, WebError> {
    match refusal(&gateway, address, &page) {
        Some(text) => not_now(page, text),
        None => show(page, Form::default()),
    }
}

/// `POST /{lang}/setup`.
pub async fn begin(
    State(gateway): State<Gateway>,
    address: ClientAddress,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    if let Some(text) = refusal(&gateway, address, &page) {
        return not_now(page, text);
    }
    let mut form = Form::with(fields.texts(FIELDS));
    if !gateway.setup.is(&fields.text("secret")) {
        form.refuse("secret", page.t.staff.setup_wrong_secret);
        return show(page, form);
    }
    let first = FirstAdmin {
        network: fields.text("network"),
        network_name: fields.text("network_name"),
        name: fields.text("name"),
        email: fields.text("email"),
    };
    match setup::begin(&gateway.directory, first, fields.secret("password")).await {
        Ok(enrolment) => enrol::show(&gateway, page, &enrolment, Form::default()),
        Err(AppError::Invalid(violations)) => {
            form.refuse_all(page.t, &violations);
            show(page, form)
        }
        Err(error) => Err(error.into()),
    }
}

fn refusal(
    gateway: &Gateway,
    ClientAddress(from): ClientAddress,
    page: &Page,
) -> Option<&'static str> {
    if !gateway.setup.is_open() {
        Some(page.t.staff.setup_done)
    } else if !from.is_loopback() {
        Some(page.t.staff.setup_local)
    } else {
        None
    }
}

fn not_now(page: Page, text: &'static str) -> Result<Response, WebError> {
    let title = page.t.staff.setup_title;
    message::say(page, StatusCode::FORBIDDEN, title, text)
}

fn show(page: Page, form: Form) -> Result<Response, WebError> {
    let status = form.status();
    Ok((status, Html(SetupPage { page, form }.render()?)).into_response())
}
