//! Accesses, for staff.

use api::registry as pb;
use kernel::AccessId;
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::{Registry, RegistryError};

pub(super) async fn get_access(
    registry: &Registry,
    request: Request<pb::GetAccessRequest>,
) -> Result<Response<pb::GetAccessResponse>, Status> {
    let (caller, asked) = (caller_of(&request)?, request.get_ref());
    let network = network(&request, &asked.network)?;
    let id = AccessId::parse(&asked.access_id)
        .map_err(|refused| to_status(RegistryError::invalid("access_id", "", refused.rule)))?;
    let found = registry
        .get_access(caller, &network, &id, &asked.purpose)
        .await
        .map_err(to_status)?;
    let mut access = translate::access(found.access, found.services).map_err(to_status)?;
    access.resident_name = found.people.resident.unwrap_or_default();
    access.resident_protected = found.protected;
    access.not_to_providers = found.not_to_providers;
    access.property_owner = found.people.owner.unwrap_or_default();
    Ok(Response::new(pb::GetAccessResponse {
        access: Some(access),
    }))
}

pub(super) async fn list_accesses(
    registry: &Registry,
    request: Request<pb::ListAccessesRequest>,
) -> Result<Response<pb::ListAccessesResponse>, Status> {
    let network = network(&request, &request.get_ref().network)?;
    let asked = request.into_inner();
    let page = translate::page_request(asked.page);
    let page = registry
        .list_accesses(&network, &asked.query, &page)
        .await
        .map_err(to_status)?;
    let accesses = page
        .rows
        .into_iter()
        .map(|(row, services)| translate::access(row, services));
    Ok(Response::new(pb::ListAccessesResponse {
        accesses: accesses.collect::<Result<_, _>>().map_err(to_status)?,
        next_page_token: page.next,
    }))
}

pub(super) async fn find_residents(
    registry: &Registry,
    request: Request<pb::FindResidentsRequest>,
) -> Result<Response<pb::FindResidentsResponse>, Status> {
    let (caller, asked) = (caller_of(&request)?, request.get_ref());
    let network = network(&request, &asked.network)?;
    let found = registry
        .find_residents(caller, &network, &asked.name, &asked.purpose)
        .await
        .map_err(to_status)?;
    let accesses = found
        .accesses
        .into_iter()
        .map(|(row, services)| translate::access(row, services));
    Ok(Response::new(pb::FindResidentsResponse {
        accesses: accesses.collect::<Result<_, _>>().map_err(to_status)?,
        more: found.more,
    }))
}
