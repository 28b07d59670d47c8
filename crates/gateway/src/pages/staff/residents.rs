//! Where somebody lives, by the full name: with a purpose, which goes into the access log. Not a GET: no name in an address.

use api::registry::{Access, FindResidentsRequest};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use kernel::PersonName;
use service_kit::error as kit;

use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

struct Row {
    id: String,
    address: String,
}

#[derive(Template)]
#[template(path = "staff/residents.html")]
struct ResidentsPage {
    page: Page,
    form: Form,
    searched: bool,
    accesses: Vec<Row>,
    more: bool,
}

impl ResidentsPage {
    fn of(page: Page, form: Form) -> Self {
        Self {
            page,
            form,
            searched: false,
            accesses: Vec::new(),
            more: false,
        }
    }

    fn answer(self) -> Result<Response, WebError> {
        let status = if self.form.is_right() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// `GET /{lang}/staff/residents`.
pub async fn form(page: Page) -> Result<Response, WebError> {
    ResidentsPage::of(page, Form::default()).answer()
}

/// `POST /{lang}/staff/residents`.
pub async fn find(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let mut form = Form::with(fields.texts(&["name", "purpose"]));
    if PersonName::parse(form.value("name")).is_err() {
        form.refuse("name", form::message(page.t, "name"));
    }
    if form.value("purpose").is_empty() {
        form.refuse("purpose", page.t.staff.resident_purpose_missing);
    }
    if !form.is_right() {
        return ResidentsPage::of(page, form).answer();
    }
    let request = FindResidentsRequest {
        network: staff.network.to_string(),
        name: form.value("name").to_owned(),
        purpose: form.value("purpose").to_owned(),
    };
    let mut registry = gateway.services.registry(&staff.caller());
    match registry.find_residents(call(request)).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let row = |access: Access| Row {
                address: view::address(access.address.as_ref()),
                id: access.access_id,
            };
            let shown = ResidentsPage {
                searched: true,
                accesses: answer.accesses.into_iter().map(row).collect(),
                more: answer.more,
                ..ResidentsPage::of(page, form)
            };
            shown.answer()
        }
        Err(status) => {
            let violations = kit::violations_of(&status);
            if violations.is_empty() {
                return Err(Part::Registry.failed()(status).into());
            }
            form.refuse_all(page.t, &violations);
            ResidentsPage::of(page, form).answer()
        }
    }
}
