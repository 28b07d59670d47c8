//! People with protected personal data: one asks, another approves, the first looks.

use std::collections::HashMap;

use api::common::PageRequest;
use api::registry::{
    DecideDisclosureRequest, Disclosure, DisclosureState, GetProtectedResidentRequest,
    ListDisclosuresRequest, RequestDisclosureRequest,
};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use service_kit::error as kit;
use tonic::Status;

use super::people::{Names, PeoplePage};
use crate::app::session::SignedIn;
use crate::domain::area::Area;
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Texts, fill};
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;
use crate::users;

struct Row {
    id: String,
    access: String,
    purpose: String,
    asked_by: String,
    asked_at: String,
    state: String,
    decided_by: String,
    may_decide: bool,
    may_look: bool,
}

#[derive(Template)]
#[template(path = "staff/protected.html")]
struct ProtectedPage {
    page: Page,
    form: Form,
    may_ask: bool,
    disclosures: Vec<Row>,
    next: String,
}

/// Which page, and what is asked about.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    page: String,
    #[serde(default)]
    access: String,
}

/// `GET /{lang}/staff/protected`.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let mut form = Form::default();
    form.set("access", &wanted.access);
    show(&gateway, &staff, page, form, wanted.page).await
}

/// `POST /{lang}/staff/protected`: asks.
pub async fn ask(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let mut form = Form::with(fields.texts(&["access", "purpose"]));
    let request = RequestDisclosureRequest {
        network: staff.network.to_string(),
        access_id: form.value("access").to_owned(),
        purpose: form.value("purpose").to_owned(),
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let Err(status) = registry.request_disclosure(call(request)).await else {
        return Ok(to_list(&page));
    };
    let Some((field, message)) = wrong(&status, page.t) else {
        return Err(Part::Registry.failed()(status).into());
    };
    form.refuse(field, message);
    show(&gateway, &staff, page, form, String::new()).await
}

/// What a member of staff can put right, and how.
fn wrong(status: &Status, t: &Texts) -> Option<(&'static str, &'static str)> {
    let t = &t.people;
    let purpose = |v: &kernel::Violation| v.field == "purpose";
    match kit::reason_of(status)?.as_str() {
        "NOBODY_PROTECTED" => Some(("access", t.error_nobody)),
        "REQUEST_INVALID" if kit::violations_of(status).iter().any(purpose) => {
            Some(("purpose", t.error_purpose))
        }
        "REQUEST_INVALID" | "ACCESS_NOT_FOUND" => Some(("access", t.error_access)),
        _ => None,
    }
}

/// `POST /{lang}/staff/protected/{id}`: approves or declines.
pub async fn decide(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let approve = match fields.text("decision").as_str() {
        "approve" => true,
        "decline" => false,
        _ => return Err(WebError::BadRequest),
    };
    let request = DecideDisclosureRequest {
        network: staff.network.to_string(),
        disclosure_id: id,
        approve,
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let decided = registry.decide_disclosure(call(request)).await;
    decided.map_err(Part::Registry.failed())?;
    Ok(to_list(&page))
}

/// `POST /{lang}/staff/protected/{id}/people`: looks.
pub async fn look(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(_): CheckedFields,
) -> Result<Response, WebError> {
    let request = GetProtectedResidentRequest {
        network: staff.network.to_string(),
        disclosure_id: id,
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.get_protected_resident(call(request)).await;
    let read = answer.map_err(Part::Registry.failed())?.into_inner();
    let access = read.disclosure.unwrap_or_default().access_id;
    let names = Names {
        resident: read.resident_name,
        owner: read.property_owner,
    };
    PeoplePage::read(page, access, names).answer()
}

fn to_list(page: &Page) -> Response {
    Redirect::to(&format!("/{}/staff/protected", page.lang)).into_response()
}

async fn show(
    gateway: &Gateway,
    staff: &SignedIn,
    page: Page,
    form: Form,
    page_token: String,
) -> Result<Response, WebError> {
    let request = ListDisclosuresRequest {
        network: staff.network.to_string(),
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token,
        }),
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.list_disclosures(call(request)).await;
    let found = answer.map_err(Part::Registry.failed())?.into_inner();
    let users = users::list(&gateway.directory, &staff.network, Some(staff)).await?;
    let users: HashMap<_, _> = users
        .into_iter()
        .map(|user| (user.id.to_string(), user.name))
        .collect();
    let status = form.status();
    let row = |disclosure| Row::of(disclosure, &users, page.t);
    let html = ProtectedPage {
        may_ask: page.may(Area::ProtectedDecide),
        disclosures: found.disclosures.into_iter().map(row).collect(),
        next: found.next_page_token,
        page,
        form,
    };
    Ok((status, Html(html.render()?)).into_response())
}

impl Row {
    fn of(disclosure: Disclosure, users: &HashMap<String, String>, t: &Texts) -> Self {
        let p = &t.people;
        let until = || fill(p.until, view::time(disclosure.lapses_at.as_ref()));
        let state = match disclosure.state() {
            DisclosureState::Pending => format!("{} {}", p.pending, until()),
            DisclosureState::Approved => format!("{} {}", p.approved, until()),
            DisclosureState::Declined => p.declined.to_owned(),
            DisclosureState::Lapsed | DisclosureState::Unspecified => p.lapsed.to_owned(),
        };
        // One whose account is gone stays a number.
        let name = |id: String| users.get(&id).cloned().unwrap_or(id);
        Self {
            state,
            asked_at: view::time(disclosure.requested_at.as_ref()),
            id: disclosure.disclosure_id,
            access: disclosure.access_id,
            purpose: disclosure.purpose,
            asked_by: name(disclosure.requested_by),
            decided_by: name(disclosure.decided_by),
            may_decide: disclosure.may_decide,
            may_look: disclosure.may_look,
        }
    }
}
