//! Opening a request for a person whose identity staff have checked.

use api::privacy::{NameAtAccess, SearchKeys};
use api::rights::{OpenRequestRequest, RequestKind};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::{AccessId, Email, IdentityNumber, PersonName, Phone};
use service_kit::error as kit;
use uuid::Uuid;

use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

const FIELDS: &[&str] = &[
    "kind",
    "identity_number",
    "email",
    "phone",
    "name",
    "access_id",
    "identity_proof",
    "language",
    "note",
];
const PROOFS: &[&str] = &["in_person", "registered_email", "sign_in"];

#[derive(Template)]
#[template(path = "compliance/request_new.html")]
struct NewRequestPage {
    page: Page,
    form: Form,
    command_id: String,
}

/// `GET /{lang}/staff/requests/new`.
pub async fn page(State(gateway): State<Gateway>, page: Page) -> Result<Response, WebError> {
    show(
        page,
        Form::default(),
        kernel::new_id(gateway.directory.clock.as_ref()),
    )
}

/// `POST /{lang}/staff/requests`.
pub async fn create(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let command_id =
        Uuid::parse_str(&fields.text("command_id")).map_err(|_| WebError::BadRequest)?;
    let mut form = Form::with(fields.texts(FIELDS));
    check(&mut form, &gateway, &page);
    if !form.is_right() {
        return show(page, form, command_id);
    }
    let request = request_of(staff.network.to_string(), command_id, &fields);
    match gateway
        .services
        .rights(&staff.caller())
        .open_request(call(request))
        .await
    {
        Ok(answer) => {
            let answer = answer.into_inner();
            let joined = if answer.joined { "?joined=true" } else { "" };
            let to = format!(
                "/{}/staff/requests/{}{joined}",
                page.lang, answer.request_id
            );
            Ok(Redirect::to(&to).into_response())
        }
        Err(status) => {
            let violations = kit::violations_of(&status);
            if violations.is_empty() {
                return Err(Part::Rights.failed()(status).into());
            }
            form.refuse_all(page.t, &violations);
            show(page, form, command_id)
        }
    }
}

fn check(form: &mut Form, gateway: &Gateway, page: &Page) {
    let today = gateway
        .directory
        .clock
        .now()
        .with_timezone(&chrono_tz::Europe::Stockholm)
        .date_naive();
    let given = |field: &str| Some(form.value(field)).filter(|value| !value.is_empty());
    let name_and_access = (given("name"), given("access_id"));
    let nothing = ["identity_number", "email", "phone", "name"]
        .into_iter()
        .all(|field| given(field).is_none());
    let wrong = [
        (
            "identity_number",
            given("identity_number").is_some_and(|v| IdentityNumber::parse(v, today).is_err()),
        ),
        (
            "email",
            given("email").is_some_and(|v| Email::parse(v).is_err()),
        ),
        (
            "phone",
            given("phone").is_some_and(|v| Phone::parse(v).is_err()),
        ),
        (
            "name",
            name_and_access
                .0
                .is_some_and(|v| PersonName::parse(v).is_err()),
        ),
        (
            "access_id",
            match name_and_access {
                (None, None) => false,
                (name, access) => {
                    name.is_none() || access.is_none_or(|v| AccessId::parse(v).is_err())
                }
            },
        ),
        ("keys", nothing),
        (
            "identity_proof",
            !PROOFS.contains(&form.value("identity_proof")),
        ),
    ];
    for (field, _) in wrong.into_iter().filter(|(_, wrong)| *wrong) {
        form.refuse(field, form::message(page.t, field));
    }
}

fn request_of(network: String, command_id: Uuid, fields: &Fields) -> OpenRequestRequest {
    let some = |field: &str| {
        Some(fields.text(field))
            .filter(|value| !value.is_empty())
            .into_iter()
            .collect()
    };
    let resident = NameAtAccess {
        name: fields.text("name"),
        access_id: fields.text("access_id"),
    };
    let keys = SearchKeys {
        identity_numbers: some("identity_number"),
        emails: some("email"),
        phones: some("phone"),
        names_at_access: if resident.name.is_empty() {
            Vec::new()
        } else {
            vec![resident]
        },
    };
    let kind = if fields.text("kind") == "erasure" {
        RequestKind::Erasure
    } else {
        RequestKind::Access
    };
    OpenRequestRequest {
        network,
        command_id: command_id.to_string(),
        kind: kind.into(),
        keys: Some(keys),
        identity_proof: fields.text("identity_proof"),
        note: fields.text("note"),
        language: if fields.text("language") == "en" {
            "en"
        } else {
            "sv"
        }
        .to_owned(),
    }
}

fn show(page: Page, form: Form, command_id: Uuid) -> Result<Response, WebError> {
    let status = form.status();
    let html = NewRequestPage {
        page,
        form,
        command_id: command_id.to_string(),
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}
