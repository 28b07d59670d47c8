//! Places, for the public and for the orders service.

use api::registry as pb;
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::Registry;

pub(super) fn search_places(
    registry: &Registry,
    request: &Request<pb::SearchPlacesRequest>,
) -> Result<Response<pb::SearchPlacesResponse>, Status> {
    let asked = request.get_ref();
    let network = network(request, &asked.network)?;
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let places = registry
        .search_places(&network, &asked.query, limit)
        .map_err(to_status)?;
    Ok(Response::new(pb::SearchPlacesResponse {
        places: places.into_iter().map(translate::place).collect(),
    }))
}

pub(super) async fn get_place(
    registry: &Registry,
    request: Request<pb::GetPlaceRequest>,
) -> Result<Response<pb::GetPlaceResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let place = registry
        .get_place(&network, &asked.handle)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::GetPlaceResponse {
        place: Some(translate::place(place)),
    }))
}

pub(super) async fn resolve_place(
    registry: &Registry,
    request: Request<pb::ResolvePlaceRequest>,
) -> Result<Response<pb::ResolvePlaceResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let (access_id, place) = registry
        .resolve_place(&network, &asked.handle)
        .await
        .map_err(to_status)?;
    let place = Some(translate::place(place));
    Ok(Response::new(pb::ResolvePlaceResponse {
        access_id: access_id.to_string(),
        place,
    }))
}
