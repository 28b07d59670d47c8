//! Opening a request for a person whose identity staff have checked.

use api::privacy::{NameAtAccess, SearchKeys};
use api::rights::{OpenRequestRequest, RequestKind};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::{AccessId, Email, IdentityNumber, PersonName, Phone};
use service_kit::error as kit;
use uuid::Uuid;

use self::places::Place;
use crate::http::fields::{CheckedFields, Fields};
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::services::{Part, call};
use crate::state::Gateway;

mod places;

const FIELDS: &[&str] = &[
    "kind",
    "identity_number",
    "email",
    "phone",
    "name",
    "access_id",
    "street",
    "postal_code",
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
    places: Vec<Place>,
}

/// `GET /{lang}/staff/requests/new`.
pub async fn page(State(gateway): State<Gateway>, page: Page) -> Result<Response, WebError> {
    show(
        page,
        Form::default(),
        kernel::new_id(gateway.directory.clock.as_ref()),
        Vec::new(),
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
    let places = places::look_up(&gateway, &staff, &page, &fields, &mut form).await?;
    if !form.is_right() {
        return show(page, form, command_id, places);
    }
    let request = request_of(staff.network.to_string(), command_id, &fields, &places);
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
            show(page, form, command_id, places)
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
    let has_address = given("street").is_some() || given("postal_code").is_some();
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
            match name_and_access.0 {
                Some(name) => PersonName::parse(name).is_err(),
                None => has_address,
            },
        ),
        (
            "access_id",
            match name_and_access {
                (None, None) => false,
                // The address leads to the access.
                (Some(_), None) if has_address => false,
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

fn request_of(
    network: String,
    command_id: Uuid,
    fields: &Fields,
    places: &[Place],
) -> OpenRequestRequest {
    let some = |field: &str| {
        Some(fields.text(field))
            .filter(|value| !value.is_empty())
            .into_iter()
            .collect()
    };
    let mut accesses: Vec<String> = some("access_id");
    let chosen = places.iter().filter(|place| place.chosen);
    accesses.extend(chosen.map(|place| place.access_id.clone()));
    accesses.sort_unstable();
    accesses.dedup();
    let at = |access_id: String| NameAtAccess {
        name: fields.text("name"),
        access_id,
    };
    let keys = SearchKeys {
        identity_numbers: some("identity_number"),
        emails: some("email"),
        phones: some("phone"),
        names_at_access: accesses.into_iter().map(at).collect(),
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

fn show(
    page: Page,
    form: Form,
    command_id: Uuid,
    places: Vec<Place>,
) -> Result<Response, WebError> {
    let status = form.status();
    let html = NewRequestPage {
        page,
        form,
        command_id: command_id.to_string(),
        places,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}
