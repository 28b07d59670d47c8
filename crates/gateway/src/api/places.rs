//! Places and what can be ordered there; open to everybody, without a person.

use api::orders::{ListOffersRequest, OfferSeller, Offering};
use api::registry::{GetPlaceRequest, Place as PbPlace, PlaceReason, SearchPlacesRequest};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::convert::{Address, word};
use super::network::OfHost;
use super::offering_details::{OfferPrice, OfferQuery, OfferingDetails};
use super::order_forms::OrderForm;
use super::problem::Problem;
use crate::pages::price::of_offer;
use crate::services::{Failure, Part, call};
use crate::state::{Gateway, visitor};

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlaceQuery {
    /// Text of the address, 2 to 80 characters.
    q: String,
    /// 1 to 20.
    #[serde(default)]
    limit: u32,
}

/// A place.
#[derive(Serialize, ToSchema)]
pub struct Place {
    /// Opaque; expires.
    handle: String,
    address: Option<Address>,
    /// What tells flats of the address apart where there is no apartment number, or empty.
    distinguisher: String,
    /// ON-API's words: "CONNECTED" …
    state: String,
    services: Vec<String>,
}

/// What became of one typed word.
#[derive(Serialize, ToSchema)]
pub struct Reason {
    /// In lower case.
    typed: String,
    /// "street", "number", "littera", "apartment", "distinguisher", "postal_code" or "city".
    part: String,
    /// "exact", "diacritics", "abbreviation", "beginning", "typos" or "beginning_with_typos".
    how: String,
    /// How many.
    typos: u32,
}

/// A place, and why it was found.
#[derive(Serialize, ToSchema)]
pub struct FoundPlace {
    #[serde(flatten)]
    place: Place,
    reasons: Vec<Reason>,
}

/// Places found, best first.
#[derive(Serialize, ToSchema)]
pub struct Places {
    places: Vec<FoundPlace>,
}

/// What can be ordered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    offering_id: String,
    provider_id: String,
    provider_name: String,
    privacy_url: String,
    service: String,
    name: String,
    description: String,
    monthly_price_ore: i64,
    start_price_ore: i64,
    commitment_months: u32,
    /// What whoever orders now pays; the campaign that counts is in it.
    price: OfferPrice,
    #[serde(flatten)]
    more: OfferingDetails,
}

/// The text that a customer accepts.
#[derive(Serialize, ToSchema)]
pub struct Acceptance {
    version: String,
    language: String,
    text: String,
    information: String,
}

/// Offers at a place, with the texts that an order needs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Offers {
    offers: Vec<Offer>,
    address: Option<Address>,
    /// What tells flats of the address apart where there is no apartment number, or empty.
    distinguisher: String,
    /// What is ordered there can be activated directly; where it is not, an installation may come first.
    direct_activation: bool,
    acceptance_texts: Vec<Acceptance>,
    /// What an order answers: the network's form, and those of the providers of these offers. One that is not here has version 0.
    forms: Vec<OrderForm>,
    /// Who sells what fits, on this page or not.
    sellers: Vec<Seller>,
    /// Empty: this was the last page. A page has 200; with the neutral order there is one, with an equal share of every provider.
    next_page_token: String,
}

/// A provider of offers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seller {
    provider_id: String,
    provider_name: String,
    /// How many of its offers fit.
    offers: u32,
}

/// Searches places by address.
#[utoipa::path(get, path = "/api/v1/places", tag = "places", params(PlaceQuery),
    responses((status = 200, body = Places), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub async fn search(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Query(query): Query<PlaceQuery>,
) -> Result<Json<Places>, Problem> {
    let request = SearchPlacesRequest {
        network: network.to_string(),
        query: query.q,
        limit: query.limit,
    };
    let answer = gateway
        .services
        .registry(&visitor(&network))
        .search_places(call(request))
        .await;
    let answer = answer.map_err(|status| of_query(Part::Registry.failed()(status)))?;
    let answer = answer.into_inner();
    // A registry that is older than this gateway gives no reasons.
    let reasons = answer.reasons.into_iter().map(|reasons| reasons.words);
    let reasons = reasons.chain(std::iter::repeat_with(Vec::new));
    let found = |(place, words): (PbPlace, Vec<PlaceReason>)| FoundPlace {
        place: place.into(),
        reasons: words.into_iter().map(Reason::from).collect(),
    };
    Ok(Json(Places {
        places: answer.places.into_iter().zip(reasons).map(found).collect(),
    }))
}

/// What the registry calls the query is `q` here.
fn of_query(failure: Failure) -> Problem {
    let mut problem = Problem::from(failure);
    for broken in &mut problem.violations {
        if broken.field == "query" {
            "q".clone_into(&mut broken.field);
        }
    }
    problem
}

/// One place.
#[utoipa::path(get, path = "/api/v1/places/{handle}", tag = "places", params(("handle" = String, Path)),
    responses((status = 200, body = Place), (status = 404, body = Problem)))]
pub async fn one(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Path(handle): Path<String>,
) -> Result<Json<Place>, Problem> {
    let request = GetPlaceRequest {
        network: network.to_string(),
        handle,
    };
    let answer = gateway
        .services
        .registry(&visitor(&network))
        .get_place(call(request))
        .await;
    let place = answer.map_err(Part::Registry.failed())?.into_inner().place;
    Ok(Json(place.ok_or_else(Problem::not_found)?.into()))
}

/// What can be ordered at a place.
#[utoipa::path(get, path = "/api/v1/places/{handle}/offers", tag = "places", params(("handle" = String, Path), OfferQuery),
    responses((status = 200, body = Offers), (status = 404, body = Problem)))]
pub async fn offers(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Path(place_handle): Path<String>,
    Query(query): Query<OfferQuery>,
) -> Result<Json<Offers>, Problem> {
    let request = ListOffersRequest {
        network: network.to_string(),
        place_handle,
        sort: query.sort().into(),
        campaign_code: query.campaign_code.clone(),
        page_token: query.page_token.clone(),
        filter: Some(query.into()),
        preview_day: String::new(),
    };
    let answer = gateway
        .services
        .orders(&visitor(&network))
        .list_offers(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    let acceptance = |t: api::orders::AcceptanceText| Acceptance {
        version: t.version,
        language: t.language,
        text: t.text,
        information: t.information,
    };
    Ok(Json(Offers {
        offers: answer.offers.into_iter().map(Offer::from).collect(),
        address: answer.address.map(Address::from),
        distinguisher: answer.distinguisher,
        direct_activation: answer.direct_activation,
        acceptance_texts: answer
            .acceptance_texts
            .into_iter()
            .map(acceptance)
            .collect(),
        forms: answer.forms.into_iter().map(OrderForm::from).collect(),
        sellers: answer.sellers.into_iter().map(Seller::from).collect(),
        next_page_token: answer.next_page_token,
    }))
}

impl From<OfferSeller> for Seller {
    fn from(seller: OfferSeller) -> Self {
        Self {
            provider_id: seller.provider_id,
            provider_name: seller.provider_name,
            offers: seller.offers,
        }
    }
}

impl From<PbPlace> for Place {
    fn from(place: PbPlace) -> Self {
        Self {
            state: word(place.state().as_str_name(), "ACCESS_STATE_"),
            handle: place.handle,
            address: place.address.map(Address::from),
            distinguisher: place.distinguisher,
            services: place.services,
        }
    }
}

impl From<PlaceReason> for Reason {
    fn from(word: PlaceReason) -> Self {
        Self {
            typed: word.typed,
            part: word.part,
            how: word.how,
            typos: word.typos,
        }
    }
}

impl From<Offering> for Offer {
    fn from(o: Offering) -> Self {
        Self {
            offering_id: o.offering_id.clone(),
            provider_id: o.provider_id.clone(),
            provider_name: o.provider_name.clone(),
            privacy_url: o.privacy_url.clone(),
            service: o.service.clone(),
            name: o.name.clone(),
            description: o.description.clone(),
            monthly_price_ore: o.monthly_price_ore,
            start_price_ore: o.start_price_ore,
            commitment_months: o.commitment_months,
            price: of_offer(&o).into(),
            more: o.into(),
        }
    }
}
