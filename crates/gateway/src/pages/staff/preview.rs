//! What visitors will see at an address on a day, drafts included: looked at before it is published.

use api::orders::{ListOffersRequest, OfferSort};
use api::registry::SearchPlacesRequest;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use http::StatusCode;
use serde::Deserialize;

use super::contracts::today;
use crate::app::session::SignedIn;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::public::offer::Offer;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

/// Addresses of a search.
const PLACES: u32 = 20;

/// Where and when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PreviewQuery {
    q: String,
    day: String,
}

struct Found {
    handle: String,
    address: String,
}

struct Previewed {
    offer: Offer,
    draft: bool,
}

#[derive(Template)]
#[template(path = "staff/preview.html")]
struct PreviewPage {
    page: Page,
    q: String,
    day: String,
    /// What is wrong with the day or the search.
    wrong: &'static str,
    /// What the search found; none: nothing has been searched.
    places: Option<Vec<Found>>,
}

#[derive(Template)]
#[template(path = "staff/preview_place.html")]
struct PlacePage {
    page: Page,
    address: String,
    day: String,
    wrong: &'static str,
    offers: Vec<Previewed>,
}

/// `GET /{lang}/staff/preview?q=…&day=…`.
pub async fn search(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, WebError> {
    let (day, day_is_right) = day_of(&gateway, &query.day);
    let mut wrong = if day_is_right {
        ""
    } else {
        page.t.office.preview_wrong_day
    };
    let q = query.q.trim().to_owned();
    let mut places = None;
    if !q.is_empty() && day_is_right {
        match found(&gateway, &staff, &q).await {
            Ok(found) => places = Some(found),
            Err(WebError::BadRequest) => wrong = page.t.common.error_query,
            Err(error) => return Err(error),
        }
    }
    let html = PreviewPage {
        page,
        q,
        day,
        wrong,
        places,
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// `GET /{lang}/staff/preview/{handle}?day=…`.
pub async fn place(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(handle): Path<String>,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, WebError> {
    let (day, day_is_right) = day_of(&gateway, &query.day);
    let wrong = if day_is_right {
        ""
    } else {
        page.t.office.preview_wrong_day
    };
    let mut answer = api::orders::ListOffersResponse::default();
    if day_is_right {
        let request = ListOffersRequest {
            network: staff.network.to_string(),
            place_handle: handle,
            sort: OfferSort::Price.into(),
            preview_day: day.clone(),
            ..ListOffersRequest::default()
        };
        let mut orders = gateway.services.orders(&staff.caller());
        let offers = orders.list_offers(call(request)).await;
        answer = offers.map_err(Part::Orders.failed())?.into_inner();
    }
    let lang = page.lang;
    let offers = answer.offers.into_iter().map(|offering| Previewed {
        draft: offering.draft,
        offer: Offer::of(offering, lang),
    });
    let html = PlacePage {
        offers: offers.collect(),
        address: view::address(answer.address.as_ref()),
        page,
        day,
        wrong,
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

async fn found(gateway: &Gateway, staff: &SignedIn, q: &str) -> Result<Vec<Found>, WebError> {
    let request = SearchPlacesRequest {
        network: staff.network.to_string(),
        query: q.to_owned(),
        limit: PLACES,
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let answer = registry.search_places(call(request)).await;
    let places = answer.map_err(Part::Registry.failed())?.into_inner().places;
    let place = |place: api::registry::Place| Found {
        address: view::place(&place),
        handle: place.handle,
    };
    Ok(places.into_iter().map(place).collect())
}

/// The day as it was written, or today; and whether it is one.
fn day_of(gateway: &Gateway, written: &str) -> (String, bool) {
    match written.trim() {
        "" => (today(gateway).to_string(), true),
        text => (text.to_owned(), text.parse::<NaiveDate>().is_ok()),
    }
}

fn status(wrong: &str) -> StatusCode {
    if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}
