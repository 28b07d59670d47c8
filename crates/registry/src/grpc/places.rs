//! Places, for the public and for the orders service.

use api::registry as pb;
use kernel::{AccessId, AccessState, AddressParts, NetworkCode, ProviderId};
use service_kit::caller::{CallerKind, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::{MatchedPlaces, PlaceView, Reader, Registry, RegistryError, Standing};
use crate::domain::search::{Difference, DifferenceKind, How, Missing, Part, Reason};
use crate::domain::services::BeyondCapacity;

pub(super) fn search_places(
    registry: &Registry,
    request: &Request<pb::SearchPlacesRequest>,
) -> Result<Response<pb::SearchPlacesResponse>, Status> {
    let asked = request.get_ref();
    let network = network(request, &asked.network)?;
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let found = registry
        .search_places(&network, &asked.query, limit)
        .map_err(to_status)?;
    let shown = shown_to(request)?;
    let (places, reasons) = found
        .into_iter()
        .map(|found| (shown(found.place), reasons(found.reasons)))
        .unzip();
    Ok(Response::new(pb::SearchPlacesResponse { places, reasons }))
}

pub(super) async fn find_accesses_at(
    registry: &Registry,
    request: Request<pb::FindAccessesAtRequest>,
) -> Result<Response<pb::FindAccessesAtResponse>, Status> {
    let network = network(&request, &request.get_ref().network)?;
    let given = parts(request.into_inner().address.unwrap_or_default());
    let found = registry
        .accesses_at(&network, given)
        .await
        .map_err(to_status)?;
    let access = |at: crate::app::AccessAt| pb::AccessAt {
        access_id: at.access_id,
        address: Some(translate::address(at.address)),
        standing: match at.standing {
            Standing::Now => "now",
            Standing::Ended => "ended",
            Standing::Before => "before",
        }
        .to_owned(),
    };
    Ok(Response::new(pb::FindAccessesAtResponse {
        accesses: found.accesses.into_iter().map(access).collect(),
        more: found.more,
    }))
}

fn parts(address: api::common::Address) -> AddressParts {
    AddressParts {
        street_name: address.street_name,
        street_number: address.street_number,
        street_littera: address.street_littera,
        postal_code: address.postal_code,
        city: address.city,
        country_code: address.country_code,
        apartment_number: address.apartment_number,
    }
}

pub(super) fn match_address(
    registry: &Registry,
    request: Request<pb::MatchAddressRequest>,
) -> Result<Response<pb::MatchAddressResponse>, Status> {
    let network = network(&request, &request.get_ref().network)?;
    let shown = shown_to(&request)?;
    let asked = request.into_inner();
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let given = parts(asked.address.unwrap_or_default());
    let matched = registry
        .match_address(&network, given, &asked.distinguisher, limit)
        .map_err(to_status)?;
    let candidate = |(place, differences): (PlaceView, Vec<Difference>)| pb::AddressCandidate {
        place: Some(shown(place)),
        differences: differences.into_iter().map(difference).collect(),
    };
    let (result, candidates, missing) = match matched {
        MatchedPlaces::Exact(places) => {
            let places = places.into_iter().map(|place| (place, Vec::new()));
            ("exact", places.map(candidate).collect(), "")
        }
        MatchedPlaces::Probable(near) => {
            ("probable", near.into_iter().map(candidate).collect(), "")
        }
        MatchedPlaces::None(missing) => ("none", Vec::new(), missing_word(missing)),
    };
    Ok(Response::new(pb::MatchAddressResponse {
        result: result.to_owned(),
        candidates,
        missing: missing.to_owned(),
    }))
}

pub(super) async fn get_place(
    registry: &Registry,
    request: Request<pb::GetPlaceRequest>,
) -> Result<Response<pb::GetPlaceResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let shown = shown_to(&request)?;
    let place = registry
        .get_place(&network, &asked.handle)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::GetPlaceResponse {
        place: Some(shown(place)),
    }))
}

pub(super) async fn resolve_place(
    registry: &Registry,
    request: Request<pb::ResolvePlaceRequest>,
) -> Result<Response<pb::ResolvePlaceResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let resolved = if asked.access_id.is_empty() {
        registry.resolve_place(&network, &asked.handle).await
    } else {
        let (reader, access_id) = asker(network, asked)?;
        registry.resolve_access(&reader, &access_id).await
    };
    let resolved = resolved.map_err(to_status)?;
    let beyond = |beyond: BeyondCapacity| pb::BeyondCapacity {
        service: beyond.service,
        needs_mbps: beyond.needs_mbps,
    };
    Ok(Response::new(pb::ResolvePlaceResponse {
        access_id: resolved.access_id.to_string(),
        place: Some(translate::place(resolved.place)),
        price_group: resolved.price_group,
        capacity_kbps: resolved.capacity_kbps,
        beyond_capacity: resolved.beyond_capacity.into_iter().map(beyond).collect(),
        direct_activation: resolved.direct_activation,
    }))
}

/// For which provider the orders service asks, and of which access.
fn asker(
    network: NetworkCode,
    asked: &pb::ResolvePlaceRequest,
) -> Result<(Reader, AccessId), Status> {
    let invalid = |field, rule| to_status(RegistryError::invalid(field, "", rule));
    let provider = ProviderId::parse(&asked.provider_id)
        .map_err(|refused| invalid("provider_id", refused.rule))?;
    let access_id =
        AccessId::parse(&asked.access_id).map_err(|refused| invalid("access_id", refused.rule))?;
    let reader = Reader {
        network,
        provider,
        caller_id: "service:orders".to_owned(),
    };
    Ok((reader, access_id))
}

/// How the caller is shown a place. The public is told whether it is connected, planned, or neither.
fn shown_to<T>(request: &Request<T>) -> Result<impl Fn(PlaceView) -> pb::Place + use<T>, Status> {
    let public = caller_of(request)?.kind == CallerKind::Public;
    Ok(move |mut place: PlaceView| {
        if public {
            place.state = public_state(place.state);
        }
        translate::place(place)
    })
}

fn public_state(state: AccessState) -> AccessState {
    match state {
        AccessState::Connected => AccessState::Connected,
        AccessState::Planned | AccessState::Deploying | AccessState::HomesPassed => {
            AccessState::Planned
        }
        AccessState::Disconnected | AccessState::InMigration | AccessState::OutMigration => {
            AccessState::Disconnected
        }
    }
}

fn reasons(reasons: Vec<Reason>) -> pb::PlaceReasons {
    let word = |reason: Reason| {
        let (how, typos) = match reason.how {
            How::Exact => ("exact", 0),
            How::Diacritics => ("diacritics", 0),
            How::Abbreviation => ("abbreviation", 0),
            How::Beginning => ("beginning", 0),
            How::Typos(typos) => ("typos", typos),
            How::BeginningTypos(typos) => ("beginning_with_typos", typos),
        };
        pb::PlaceReason {
            typed: reason.typed,
            part: part(reason.part).to_owned(),
            how: how.to_owned(),
            typos: typos.into(),
        }
    };
    pb::PlaceReasons {
        words: reasons.into_iter().map(word).collect(),
    }
}

fn difference(difference: Difference) -> pb::AddressDifference {
    let (kind, typos) = match difference.kind {
        DifferenceKind::Abbreviation => ("abbreviation", 0),
        DifferenceKind::Typos(typos) => ("typos", typos),
        DifferenceKind::Other => ("other", 0),
        DifferenceKind::NotGiven => ("not_given", 0),
        DifferenceKind::NotKnown => ("not_known", 0),
    };
    pb::AddressDifference {
        part: part(difference.part).to_owned(),
        kind: kind.to_owned(),
        given: difference.given,
        found: difference.found,
        typos: typos.into(),
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Street => "street",
        Part::Number => "number",
        Part::Littera => "littera",
        Part::Apartment => "apartment",
        Part::Distinguisher => "distinguisher",
        Part::PostalCode => "postal_code",
        Part::City => "city",
    }
}

fn missing_word(missing: Missing) -> &'static str {
    match missing {
        Missing::Street => "street",
        Missing::Number => "number",
        Missing::Apartment => "apartment",
    }
}
