//! The order page, of one offering or of several. Everything about the person goes by POST; the command id in the form makes
//! two clicks one order.

use api::orders::{
    Customer, FormScope, ListOffersRequest, ListOffersResponse, OfferFilter, Offering, OrderForm,
    PlaceOrdersRequest,
};
use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;
use kernel::{Email, IdentityNumber, PersonName, Phone, Violation};
use serde::Deserialize;
use service_kit::error::{self as kit, ErrorKind};
use url::form_urlencoded;
use uuid::Uuid;

use super::checkout::{Items, named, of_item, provider_prefix};
use super::offer::{Offer, activation};
use super::question::{NETWORK, Questions};
use super::{choice, place, question, receipt};
use crate::http::fields::Fields;
use crate::i18n::{Lang, fill};
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::{Page, Visit};
use crate::pages::price::{self, Together};
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
    items: String,
    address: String,
    activation: &'static str,
    lines: Vec<Line>,
    /// Of several.
    together: Option<Together>,
    form: Form,
    command_id: String,
    version: String,
    information: String,
    text: String,
    notice: &'static str,
    questions: Questions,
}

/// One offering of the page.
struct Line {
    offer: Offer,
    /// The code that its price needs, or empty.
    code: String,
    questions: Questions,
    mark_field: String,
    code_field: String,
    version_field: String,
    /// The address of the page without it; empty: it is the only one.
    without: String,
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
    items: Items,
    form: Form,
    command_id: Uuid,
    /// Of a campaign, for the offerings that have such a one.
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

/// The day by the customer's clock.
fn today(gateway: &Gateway) -> chrono::NaiveDate {
    let now = gateway.directory.clock.now();
    now.with_timezone(&chrono_tz::Europe::Stockholm)
        .date_naive()
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
        filter: Some(OfferFilter {
            offering_ids: shown.items.ids().to_vec(),
            ..OfferFilter::default()
        }),
        ..ListOffersRequest::default()
    };
    let answer = gateway
        .services
        .orders(&visitor(network))
        .list_offers(call(request))
        .await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

/// The offerings of the page in its order; one that cannot be had any more is not among them.
fn lines(
    shown: &Shown,
    offers: &[Offering],
    forms: &[OrderForm],
    (lang, today): (Lang, chrono::NaiveDate),
) -> Vec<Line> {
    let ids = shown.items.ids().iter().enumerate();
    let found = ids.filter_map(|(at, id)| {
        let offering = offers
            .iter()
            .find(|offer| offer.offering_id == *id)?
            .clone();
        let (by_code, provider) = (price::of_offer(&offering).by_code, &offering.provider_id);
        let questions = Questions::of(forms, provider, &provider_prefix(at), (lang, today));
        Some(Line {
            code: if by_code {
                shown.code.clone()
            } else {
                String::new()
            },
            questions,
            mark_field: named("price_mark", at),
            code_field: named("campaign_code", at),
            version_field: named("provider_form_version", at),
            without: shown.items.without(at).unwrap_or_default(),
            offer: Offer::of(offering, lang),
        })
    });
    found.collect()
}

async fn show(gateway: &Gateway, visit: Visit, mut shown: Shown) -> Result<Response, WebError> {
    let (lang, today) = (visit.page.lang, today(gateway));
    let answer = match offers(gateway, &visit, &shown).await {
        Ok(answer) => answer,
        Err(WebError::NotFound | WebError::BadRequest | WebError::Conflict) => {
            return place::expired(visit.page);
        }
        Err(error) => return Err(error),
    };
    let lines = lines(&shown, &answer.offers, &answer.forms, (lang, today));
    if lines.len() < shown.items.ids().len() {
        return Err(WebError::NotFound);
    }
    let text = answer
        .acceptance_texts
        .into_iter()
        .find(|text| text.language == lang.code());
    let text = text.ok_or(WebError::NotFound)?;
    let questions = Questions::of(&answer.forms, "", NETWORK, (lang, today));
    let asked = std::iter::once(&questions).chain(lines.iter().map(|line| &line.questions));
    for questions in asked {
        match &shown.answers {
            Answers::Nothing => {}
            Answers::Missing => questions.refuse_missing(&mut shown.form),
            Answers::Refused(names) => questions.refuse(&mut shown.form, names),
        }
    }
    let t = visit.page.t;
    let several = lines.len() > 1;
    let html = OrderPage {
        title: match lines.as_slice() {
            [one] => fill(t.public.order_title, &one.offer.name),
            _ => t.public.order_title_several.to_owned(),
        },
        page: visit.page,
        handle: shown.handle,
        items: shown.items.path(),
        address: view::address_with(answer.address.as_ref(), &answer.distinguisher),
        activation: activation(answer.direct_activation, t),
        together: several.then(|| Together::of(&answer.offers, lang)),
        lines,
        form: shown.form,
        command_id: shown.command_id.to_string(),
        version: text.version,
        information: text.information,
        text: text.text,
        notice: shown.notice,
        questions,
    };
    Ok((shown.status, Html(html.render()?)).into_response())
}
