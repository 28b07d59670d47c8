//! The order page itself: what is ordered, what is asked, what is accepted.

use api::orders::{ListOffersRequest, ListOffersResponse, OfferFilter, Offering, OrderForm};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use uuid::Uuid;

use super::checkout::{Items, named, provider_prefix};
use super::offer::{Offer, activation};
use super::place;
use super::question::{NETWORK, Questions};
use crate::i18n::{Lang, fill};
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::{Page, Visit};
use crate::pages::price::{self, Together};
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

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

/// What is shown besides the offer.
pub struct Shown {
    pub handle: String,
    pub items: Items,
    pub form: Form,
    pub command_id: Uuid,
    /// Of a campaign, for the offerings that have such a one.
    pub code: String,
    pub notice: &'static str,
    pub status: StatusCode,
    /// What is to be said of the answers.
    pub answers: Answers,
}

/// What is to be said of the answers when the page is shown again.
pub enum Answers {
    /// Nothing: they have not been looked at, or are right.
    Nothing,
    /// The service was not asked because of other fields: what is missing can be told without it.
    Missing,
    /// The service refused these, by their names on the page.
    Refused(Vec<String>),
}

/// The day by the customer's clock.
pub fn today(gateway: &Gateway) -> chrono::NaiveDate {
    let now = gateway.directory.clock.now();
    now.with_timezone(&chrono_tz::Europe::Stockholm)
        .date_naive()
}

pub async fn offers(
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

pub async fn show(gateway: &Gateway, visit: Visit, mut shown: Shown) -> Result<Response, WebError> {
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
