//! The order form. Everything about the person goes by POST; the command id in the form makes two clicks one order.

use api::orders::{Customer, ListOffersRequest, ListOffersResponse, PlaceOrderRequest};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use kernel::{Email, IdentityNumber, PersonName, Phone, Violation};
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};
use uuid::Uuid;

use super::offer::{Offer, activation};
use super::question::Questions;
use super::{choice, place, question, receipt};
use crate::http::fields::Fields;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::{Page, Visit};
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

const FIELDS: &[&str] = &[
    "name",
    "identity_number",
    "email",
    "phone",
    "requested_date",
];

#[derive(Template)]
#[template(path = "public/order.html")]
struct OrderPage {
    page: Page,
    title: String,
    handle: String,
    address: String,
    activation: &'static str,
    offer: Offer,
    form: Form,
    command_id: String,
    version: String,
    information: String,
    text: String,
    notice: &'static str,
    questions: Questions,
    code: String,
}

/// What the page of the place sends along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrderQuery {
    code: String,
}

/// What is shown besides the offer.
struct Shown {
    handle: String,
    offering: String,
    form: Form,
    command_id: Uuid,
    /// Of a campaign.
    code: String,
    notice: &'static str,
    status: StatusCode,
    /// What is to be said of the answers.
    answers: Answers,
}

/// What is to be said of the answers when the page is shown again.
enum Answers {
    /// Nothing: they have not been looked at, or are right.
    Nothing,
    /// The service was not asked because of other fields: what is missing can be told without it.
    Missing,
    /// The service refused these, by their names on the page.
    Refused(Vec<String>),
}

/// `GET /{lang}/order/{handle}/{offering}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((handle, offering)): Path<(String, String)>,
    Query(query): Query<OrderQuery>,
) -> Result<Response, WebError> {
    let command_id = kernel::new_id(gateway.directory.clock.as_ref());
    let shown = Shown {
        handle,
        offering,
        form: Form::default(),
        command_id,
        code: choice::code(&query.code),
        notice: "",
        status: StatusCode::OK,
        answers: Answers::Nothing,
    };
    show(&gateway, visit, shown).await
}

/// `POST /{lang}/order/{handle}/{offering}`.
pub async fn place(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((handle, offering)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, WebError> {
    let command_id =
        Uuid::parse_str(&fields.text("command_id")).map_err(|_| WebError::BadRequest)?;
    let mut form = Form::with(fields.texts(FIELDS));
    question::keep(&mut form, &fields);
    check(&mut form, &gateway, &visit, fields.flag("accepted"));
    let mut shown = Shown {
        handle,
        offering,
        form,
        command_id,
        code: choice::code(&fields.text("campaign_code")),
        notice: "",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        answers: Answers::Nothing,
    };
    if !shown.form.is_right() {
        shown.answers = Answers::Missing;
        return show(&gateway, visit, shown).await;
    }
    let request = order_of(&visit, &shown, &fields);
    let answer = gateway
        .services
        .orders(&visitor(&visit.network.code))
        .place_order(call(request))
        .await;
    match answer {
        Ok(answer) => {
            let offer = offers(&gateway, &visit, &shown).await.ok();
            let name = offer
                .and_then(|all| named(all, &shown.offering))
                .unwrap_or_default();
            let receipt = receipt::seal(&gateway, &answer.into_inner(), &name);
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

/// The day by the customer's clock.
fn today(gateway: &Gateway) -> chrono::NaiveDate {
    let now = gateway.directory.clock.now();
    now.with_timezone(&chrono_tz::Europe::Stockholm)
        .date_naive()
}

fn order_of(visit: &Visit, shown: &Shown, fields: &Fields) -> PlaceOrderRequest {
    let customer = Customer {
        name: fields.text("name"),
        identity_number: fields.text("identity_number"),
        email: fields.text("email"),
        phone: fields.text("phone"),
    };
    PlaceOrderRequest {
        network: visit.network.code.to_string(),
        command_id: shown.command_id.to_string(),
        place_handle: shown.handle.clone(),
        offering_id: shown.offering.clone(),
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
        provider_form_version: fields
            .text("provider_form_version")
            .parse()
            .unwrap_or_default(),
        answers: question::answers(fields),
        campaign_code: shown.code.clone(),
        price_mark: fields.text("price_mark"),
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
    } else if violations.iter().any(|v| v.field == "campaign_code") {
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

async fn offers(
    gateway: &Gateway,
    visit: &Visit,
    shown: &Shown,
) -> Result<ListOffersResponse, WebError> {
    let network = &visit.network.code;
    let request = ListOffersRequest {
        network: network.to_string(),
        place_handle: shown.handle.clone(),
        campaign_code: shown.code.clone(),
        ..ListOffersRequest::default()
    };
    let answer = gateway
        .services
        .orders(&visitor(network))
        .list_offers(call(request))
        .await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

fn named(offers: ListOffersResponse, offering: &str) -> Option<String> {
    offers
        .offers
        .into_iter()
        .find(|offer| offer.offering_id == offering)
        .map(|offer| offer.name)
}

async fn show(gateway: &Gateway, visit: Visit, mut shown: Shown) -> Result<Response, WebError> {
    let lang = visit.page.lang;
    let answer = match offers(gateway, &visit, &shown).await {
        Ok(answer) => answer,
        Err(WebError::NotFound | WebError::BadRequest | WebError::Conflict) => {
            return place::expired(visit.page);
        }
        Err(error) => return Err(error),
    };
    let offering = answer
        .offers
        .into_iter()
        .find(|o| o.offering_id == shown.offering)
        .ok_or(WebError::NotFound)?;
    let text = answer
        .acceptance_texts
        .into_iter()
        .find(|text| text.language == lang.code());
    let text = text.ok_or(WebError::NotFound)?;
    let provider = &offering.provider_id;
    let questions = Questions::of(&answer.forms, provider, lang, today(gateway));
    match &shown.answers {
        Answers::Nothing => {}
        Answers::Missing => questions.refuse_missing(&mut shown.form),
        Answers::Refused(names) => questions.refuse(&mut shown.form, names),
    }
    let offer = Offer::of(offering, lang);
    let html = OrderPage {
        title: crate::i18n::fill(visit.page.t.public.order_title, &offer.name),
        activation: activation(answer.direct_activation, visit.page.t),
        page: visit.page,
        handle: shown.handle,
        address: view::address_with(answer.address.as_ref(), &answer.distinguisher),
        offer,
        form: shown.form,
        command_id: shown.command_id.to_string(),
        version: text.version,
        information: text.information,
        text: text.text,
        notice: shown.notice,
        questions,
        code: shown.code,
    };
    Ok((shown.status, Html(html.render()?)).into_response())
}
