//! Whether a given address is one of the network's; open to everybody, as the search is.

use api::common::Address;
use api::registry::{AddressDifference, MatchAddressRequest};
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::network::OfHost;
use super::places::Place;
use super::problem::Problem;
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

/// The address. What is left out is not compared.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct GivenAddress {
    /// The number may be in it.
    street_name: String,
    #[serde(default)]
    street_number: String,
    #[serde(default)]
    street_littera: String,
    #[serde(default)]
    apartment_number: String,
    /// The flat, where flats of the address have no number.
    #[serde(default)]
    distinguisher: String,
    #[serde(default)]
    postal_code: String,
    #[serde(default)]
    city: String,
    /// 1 to 20.
    #[serde(default)]
    limit: u32,
}

/// In what a place is not as given.
#[derive(Serialize, ToSchema)]
pub struct Difference {
    /// "street", "number", "littera", "apartment", "distinguisher", "postal_code" or "city".
    part: String,
    /// "abbreviation", "typos", "other", "not_given" (there is one) or "not_known" (there is none).
    kind: String,
    given: String,
    found: String,
    /// How many.
    typos: u32,
}

/// A place that the address may mean.
#[derive(Serialize, ToSchema)]
pub struct Candidate {
    #[serde(flatten)]
    place: Place,
    differences: Vec<Difference>,
}

/// What became of the address.
#[derive(Serialize, ToSchema)]
pub struct Matched {
    /// "exact", "probable" or "none".
    result: String,
    /// Best first.
    candidates: Vec<Candidate>,
    /// What was not found when the result is "none": "street", "number" or "apartment".
    missing: String,
}

/// The place of an address: exact, probable with alternatives, or none, with reasons.
#[utoipa::path(get, path = "/api/v1/places/match", tag = "places", params(GivenAddress),
    responses((status = 200, body = Matched), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub async fn match_address(
    State(gateway): State<Gateway>,
    OfHost(network): OfHost,
    Query(given): Query<GivenAddress>,
) -> Result<Json<Matched>, Problem> {
    let address = Address {
        street_name: given.street_name,
        street_number: given.street_number,
        street_littera: given.street_littera,
        postal_code: given.postal_code,
        city: given.city,
        apartment_number: given.apartment_number,
        country_code: String::new(),
    };
    let request = MatchAddressRequest {
        network: network.to_string(),
        address: Some(address),
        limit: given.limit,
        distinguisher: given.distinguisher,
    };
    let answer = gateway
        .services
        .registry(&visitor(&network))
        .match_address(call(request))
        .await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    let candidates = answer.candidates.into_iter().filter_map(|candidate| {
        Some(Candidate {
            place: candidate.place?.into(),
            differences: candidate
                .differences
                .into_iter()
                .map(Difference::from)
                .collect(),
        })
    });
    Ok(Json(Matched {
        result: answer.result,
        candidates: candidates.collect(),
        missing: answer.missing,
    }))
}

impl From<AddressDifference> for Difference {
    fn from(d: AddressDifference) -> Self {
        Self {
            part: d.part,
            kind: d.kind,
            given: d.given,
            found: d.found,
            typos: d.typos,
        }
    }
}
