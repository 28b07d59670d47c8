//! One place: whether it is connected, which services exist, what can be ordered.

use api::orders::ListOffersRequest;
use api::registry::{AccessState, GetPlaceRequest};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};

use super::choice::{Choice, Item, OfferQuery};
use super::offer::{Offer, activation};
use crate::i18n::fill;
use crate::pages::error::{WebError, part_name};
use crate::pages::form::Form;
use crate::pages::message;
use crate::pages::page::{Page, Visit};
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

#[derive(Template)]
#[template(path = "public/place.html")]
struct PlacePage {
    page: Page,
    handle: String,
    address: String,
    state: &'static str,
    connected: bool,
    services: Vec<String>,
    offers: Vec<Offer>,
    activation: &'static str,
    form: Form,
    chosen: bool,
    code: String,
    categories: Vec<Item>,
    consumers: Vec<Item>,
    sorts: Vec<Item>,
    /// Said instead of the offers when they cannot be had; the rest of the page works.
    away: String,
}

/// `GET /{lang}/place/{handle}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path(handle): Path<String>,
    Query(query): Query<OfferQuery>,
) -> Result<Response, WebError> {
    let choice = Choice::of(query, visit.page.t);
    let caller = visitor(&visit.network.code);
    let request = GetPlaceRequest {
        network: visit.network.code.to_string(),
        handle: handle.clone(),
    };
    let answer = gateway
        .services
        .registry(&caller)
        .get_place(call(request))
        .await;
    let place = match answer.map_err(|status| WebError::from(Part::Registry.failed()(status))) {
        Ok(answer) => answer.into_inner().place.ok_or(WebError::NotFound)?,
        // A handle that is not ours or too old: the way on is the search.
        Err(WebError::NotFound | WebError::BadRequest | WebError::Conflict) => {
            return expired(visit.page);
        }
        Err(error) => return Err(error),
    };
    let (offers, direct, away) = offers(&gateway, &visit, &handle, &choice).await?;
    let t = visit.page.t;
    let html = PlacePage {
        address: view::place(&place),
        state: view::access_state(place.state(), t),
        connected: place.state() == AccessState::Connected,
        services: place.services,
        page: visit.page,
        handle,
        offers,
        activation: activation(direct, t),
        chosen: choice.chosen,
        categories: choice.categories(t),
        consumers: choice.consumers(t),
        sorts: choice.sorts(t),
        form: choice.form,
        code: choice.code,
        away,
    };
    Ok(Html(html.render()?).into_response())
}

/// The page for a handle that has expired.
pub fn expired(page: Page) -> Result<Response, WebError> {
    let (title, text) = (page.t.public.not_found_title, page.t.public.place_expired);
    message::say(page, http::StatusCode::NOT_FOUND, title, text)
}

/// The offers, whether they can be activated directly, and what is said instead of them.
async fn offers(
    gateway: &Gateway,
    visit: &Visit,
    handle: &str,
    choice: &Choice,
) -> Result<(Vec<Offer>, bool, String), WebError> {
    let network = &visit.network.code;
    let request = ListOffersRequest {
        network: network.to_string(),
        place_handle: handle.to_owned(),
        filter: Some(choice.filter.clone()),
        sort: choice.sort.into(),
        campaign_code: choice.code.clone(),
        ..ListOffersRequest::default()
    };
    let answer = gateway
        .services
        .orders(&visitor(network))
        .list_offers(call(request))
        .await;
    let (lang, t) = (visit.page.lang, visit.page.t);
    match answer.map_err(|status| WebError::from(Part::Orders.failed()(status))) {
        Ok(answer) => {
            let answer = answer.into_inner();
            let offers = answer.offers.into_iter();
            let offers = offers.map(|offer| Offer::of(offer, lang)).collect();
            Ok((offers, answer.direct_activation, String::new()))
        }
        Err(WebError::Away(part)) => {
            let text = fill(t.public.away_text, part_name(part, t));
            Ok((Vec::new(), false, text))
        }
        Err(WebError::NotFound) => Ok((Vec::new(), false, String::new())),
        Err(error) => Err(error),
    }
}
