//! What is done on the order page, of one offering or of several. Everything about the person goes by POST; the command id in the form makes
//! two clicks one order.

use api::orders::{Customer, FormScope, PlaceOrdersRequest};
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use kernel::{Email, IdentityNumber, PersonName, Phone, Violation};
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};
use url::form_urlencoded;
use uuid::Uuid;

use super::checkout::{Items, named, of_item};
use super::order_page::{Answers, Shown, offers, show, today};
use super::question::NETWORK;
use super::{choice, question, receipt};
use crate::http::fields::Fields;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::{Page, Visit};
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

const FIELDS: &[&str] = &[
    "name",
    "identity_number",
    "email",
    "phone",
    "requested_date",
];

/// What the page of the place sends along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrderQuery {
    code: String,
}

/// `GET /{lang}/order/{handle}?offering=…&offering=…`: what was ticked on the page of the place.
pub async fn choose(
    visit: Visit,
    Path(handle): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let (mut chosen, mut code) = (Vec::new(), String::new());
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "offering" => chosen.push(value.into_owned()),
            "code" => code = choice::code(&value),
            _ => {}
        }
    }
    let lang = visit.page.lang;
    if chosen.is_empty() {
        return Ok(Redirect::to(&format!("/{lang}/place/{handle}#offers")).into_response());
    }
    let items = Items::of(chosen.into_iter()).ok_or(WebError::BadRequest)?;
    let mut target = format!("/{lang}/order/{handle}/{}", items.path());
    if !code.is_empty() {
        let mut query = form_urlencoded::Serializer::new(String::new());
        target = format!("{target}?{}", query.append_pair("code", &code).finish());
    }
    Ok(Redirect::to(&target).into_response())
}

/// `GET /{lang}/order/{handle}/{offerings}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((handle, items)): Path<(String, String)>,
    Query(query): Query<OrderQuery>,
) -> Result<Response, WebError> {
    let items = Items::parse(&items).ok_or(WebError::NotFound)?;
    let command_id = kernel::new_id(gateway.directory.clock.as_ref());
    let shown = Shown {
        handle,
        items,
        form: Form::default(),
        command_id,
        code: choice::code(&query.code),
        notice: "",
        status: StatusCode::OK,
        answers: Answers::Nothing,
    };
    show(&gateway, visit, shown).await
}

/// `POST /{lang}/order/{handle}/{offerings}`.
pub async fn place(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((handle, items)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, WebError> {
    let items = Items::parse(&items).ok_or(WebError::NotFound)?;
    let command_id =
        Uuid::parse_str(&fields.text("command_id")).map_err(|_| WebError::BadRequest)?;
    let mut form = Form::with(fields.texts(FIELDS));
    question::keep(&mut form, &fields);
    check(&mut form, &gateway, &visit, fields.flag("accepted"));
    let mut shown = Shown {
        handle,
        code: code_of(&items, &fields),
        items,
        form,
        command_id,
        notice: "",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        answers: Answers::Nothing,
    };
    if !shown.form.is_right() {
        shown.answers = Answers::Missing;
        return show(&gateway, visit, shown).await;
    }
    let request = orders_of(&visit, &shown, &fields);
    let answer = gateway
        .services
        .orders(&visitor(&visit.network.code))
        .place_orders(call(request))
        .await;
    match answer {
        Ok(answer) => {
            let offers = offers(&gateway, &visit, &shown).await;
            let offers = offers.map(|answer| answer.offers).unwrap_or_default();
            let name = |id: &String| {
                let offer = offers.iter().find(|offer| offer.offering_id == *id);
                offer.map(|offer| offer.name.clone()).unwrap_or_default()
            };
            let names = shown.items.ids().iter().map(name);
            let placed = answer.into_inner().orders.into_iter().zip(names);
            let receipt = receipt::seal(&gateway, placed);
            Ok(Redirect::to(&format!("/{}/receipt/{receipt}", visit.page.lang)).into_response())
        }
        Err(status) => {
            refuse(&mut shown, &visit.page, status)?;
            show(&gateway, visit, shown).await
        }
    }
}

/// All that can be told without asking, at once, in the reader's language.
fn check(form: &mut Form, gateway: &Gateway, visit: &Visit, accepted: bool) {
    let today = today(gateway);
    let wanted = form.value("requested_date").to_owned();
    let wrong = [
        ("name", PersonName::parse(form.value("name")).is_err()),
        (
            "identity_number",
            IdentityNumber::parse(form.value("identity_number"), today).is_err(),
        ),
        ("email", Email::parse(form.value("email")).is_err()),
        ("phone", Phone::parse(form.value("phone")).is_err()),
        (
            "requested_date",
            !wanted.is_empty()
                && wanted
                    .parse::<chrono::NaiveDate>()
                    .map_or(true, |d| d < today),
        ),
        ("accepted", !accepted),
    ];
    for (field, _) in wrong.into_iter().filter(|(_, wrong)| *wrong) {
        form.refuse(field, form::message(visit.page.t, field));
    }
}

/// The code that any of them was shown with.
fn code_of(items: &Items, fields: &Fields) -> String {
    let codes = (0..items.ids().len()).map(|at| fields.text(&named("campaign_code", at)));
    choice::code(
        &codes
            .into_iter()
            .find(|code| !code.is_empty())
            .unwrap_or_default(),
    )
}

fn orders_of(visit: &Visit, shown: &Shown, fields: &Fields) -> PlaceOrdersRequest {
    let customer = Customer {
        name: fields.text("name"),
        identity_number: fields.text("identity_number"),
        email: fields.text("email"),
        phone: fields.text("phone"),
    };
    PlaceOrdersRequest {
        network: visit.network.code.to_string(),
        command_id: shown.command_id.to_string(),
        place_handle: shown.handle.clone(),
        items: shown.items.ordered(fields),
        customer: Some(customer),
        acceptance_version: fields.text("acceptance_version"),
        acceptance_language: visit.page.lang.code().to_owned(),
        accepted: true,
        channel: "web".to_owned(),
        requested_date: fields.text("requested_date"),
        // What is no number is no version that there is, and the page is shown again.
        network_form_version: fields
            .text("network_form_version")
            .parse()
            .unwrap_or_default(),
        answers: question::answers(fields, FormScope::Network, NETWORK),
    }
}

/// What the service refused that the visitor can mend; everything else is a page of its own.
fn refuse(shown: &mut Shown, page: &Page, status: tonic::Status) -> Result<(), WebError> {
    let violations = kit::violations_of(&status);
    let about_text = kit::reason_of(&status).is_some_and(|reason| reason.contains("ACCEPTANCE"))
        || violations
            .iter()
            .any(|v| v.field.ends_with("acceptance_version"));
    if about_text {
        shown.notice = page.t.public.order_text_changed;
        shown.status = StatusCode::CONFLICT;
    } else if kit::reason_of(&status).is_some_and(|reason| reason == "FORM_OUTDATED") {
        shown.notice = page.t.public.order_form_changed;
        shown.status = StatusCode::CONFLICT;
    } else if kit::reason_of(&status).is_some_and(|reason| reason == "PRICE_CHANGED") {
        shown.notice = page.t.public.order_price_changed;
        shown.status = StatusCode::CONFLICT;
    } else if violations.iter().any(|v| is_of_item(v, "offering_id")) {
        shown.notice = page.t.public.order_same_service;
        shown.status = StatusCode::CONFLICT;
    } else if violations.iter().any(|v| is_of_item(v, "campaign_code")) {
        // The campaign is over: what the offering costs without it is shown before anything is ordered.
        shown.code.clear();
        shown.notice = page.t.public.order_price_changed;
        shown.status = StatusCode::CONFLICT;
    } else if !violations.is_empty() {
        let ours = |v: &Violation| question::named(&v.field).is_none();
        let (others, answers): (Vec<_>, Vec<_>) = violations.into_iter().partition(ours);
        shown.form.refuse_all(page.t, &others);
        let names = answers.iter().filter_map(|v| question::named(&v.field));
        shown.answers = Answers::Refused(names.collect());
    } else if matches!(
        kit::kind_of(&status),
        ErrorKind::Precondition | ErrorKind::Invalid
    ) {
        shown.notice = page.t.public.order_gone;
        shown.status = StatusCode::CONFLICT;
    } else {
        return Err(Part::Orders.failed()(status).into());
    }
    Ok(())
}

fn is_of_item(violation: &Violation, wanted: &str) -> bool {
    of_item(&violation.field).is_some_and(|(_, field)| field == wanted)
}
