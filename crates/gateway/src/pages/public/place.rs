//! One place: whether it is connected, which services exist, what can be ordered.

use api::orders::{ListOffersRequest, OfferSeller, OfferSort, Offering};
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
    /// Whom one can choose.
    sellers: Vec<SellerItem>,
    /// Who sells more than the page shows.
    more: Vec<Link>,
    /// The next page's query; empty: there is none.
    next: String,
    form: Form,
    chosen: bool,
    code: String,
    categories: Vec<Item>,
    consumers: Vec<Item>,
    sorts: Vec<Item>,
    /// Said instead of the offers when they cannot be had; the rest of the page works.
    away: String,
}

/// One of the list of providers.
struct SellerItem {
    value: String,
    name: String,
    chosen: bool,
}

/// To the offers of one provider.
struct Link {
    query: String,
    text: String,
}

/// What the orders service says of a place.
#[derive(Default)]
struct Sold {
    offers: Vec<Offer>,
    sellers: Vec<OfferSeller>,
    /// How many of each seller are shown, in the order of the sellers.
    shown: Vec<usize>,
    next_page_token: String,
    /// What is ordered there can be activated directly.
    direct_activation: bool,
    /// Said instead of them.
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
    let offers = offers(&gateway, &visit, &handle, &choice).await?;
    let t = visit.page.t;
    let chosen = choice.form.value("provider").to_owned();
    let seller = |seller: &OfferSeller| SellerItem {
        value: seller.provider_id.clone(),
        name: seller.provider_name.clone(),
        chosen: seller.provider_id == chosen,
    };
    let more = offers.sellers.iter().zip(&offers.shown);
    let more = more
        .filter(|(seller, shown)| {
            choice.sort == OfferSort::Neutral && seller.offers as usize > **shown
        })
        .map(|(seller, _)| Link {
            query: choice.of_provider(&seller.provider_id),
            text: fill(
                &fill(t.public.offers_all_of, seller.offers),
                &seller.provider_name,
            ),
        });
    let next = Some(offers.next_page_token.as_str()).filter(|token| !token.is_empty());
    let html = PlacePage {
        address: view::place(&place),
        state: view::access_state(place.state(), t),
        connected: place.state() == AccessState::Connected,
        services: place.services,
        sellers: offers.sellers.iter().map(seller).collect(),
        more: more.collect(),
        next: next.map(|token| choice.next(token)).unwrap_or_default(),
        page: visit.page,
        handle,
        offers: offers.offers,
        activation: activation(offers.direct_activation, t),
        chosen: choice.chosen,
        categories: choice.categories(t),
        consumers: choice.consumers(t),
        sorts: choice.sorts(t),
        form: choice.form,
        code: choice.code,
        away: offers.away,
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
) -> Result<Sold, WebError> {
    let network = &visit.network.code;
    let request = ListOffersRequest {
        network: network.to_string(),
        place_handle: handle.to_owned(),
        filter: Some(choice.filter.clone()),
        sort: choice.sort.into(),
        campaign_code: choice.code.clone(),
        page_token: choice.page_token.clone(),
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
            let of = |seller: &OfferSeller| {
                let own = |offer: &&Offering| offer.provider_id == seller.provider_id;
                answer.offers.iter().filter(own).count()
            };
            let shown = answer.sellers.iter().map(of).collect();
            let offers = answer.offers.into_iter();
            Ok(Sold {
                offers: offers.map(|offer| Offer::of(offer, lang)).collect(),
                sellers: answer.sellers,
                shown,
                next_page_token: answer.next_page_token,
                direct_activation: answer.direct_activation,
                away: String::new(),
            })
        }
        Err(WebError::Away(part)) => Ok(Sold {
            away: fill(t.public.away_text, part_name(part, t)),
            ..Sold::default()
        }),
        Err(WebError::NotFound) => Ok(Sold::default()),
        Err(error) => Err(error),
    }
}
