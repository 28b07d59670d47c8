//! `/services/` and `/services/{accessId}`, new in 2.6: the older versions have their services in the access.

use std::collections::HashSet;

use api::orders::ListTechnicalServicesRequest;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Json};
use service_kit::caller::Caller;

use super::accesses::{self, Listed, answer};
use super::errors::Refusal;
use super::services_json::OfAccess;
use super::since::Since;
use super::versions::{Spoken, Version};
use crate::services::{Part, call};
use crate::state::Gateway;

/// The services of every access, or of those that have changed. No access at all is an empty array: only `/accesses/` says
/// 404 then.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Since(since): Since,
) -> Result<Response, Refusal> {
    there_is(version)?;
    let taken_over = taken_over(&gateway, &caller).await?;
    let json = move |access| Some(OfAccess::of(&access, version.dates, &taken_over));
    Ok(
        match accesses::listed(&gateway, &caller, since, json).await? {
            Listed::Empty => answer(Some(Body::from("[]")), None),
            Listed::Some(response) => response,
        },
    )
}

/// The services of one access.
pub async fn one(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<OfAccess>, Refusal> {
    there_is(version)?;
    let access = accesses::find(&gateway, &caller, &id).await?;
    let taken_over = taken_over(&gateway, &caller).await?;
    Ok(Json(OfAccess::of(&access, version.dates, &taken_over)))
}

/// The network's services that an order may take over from another provider.
async fn taken_over(gateway: &Gateway, caller: &Caller) -> Result<HashSet<String>, Refusal> {
    let mut orders = gateway.services.provider_orders(caller);
    let known = orders.list_technical_services(call(ListTechnicalServicesRequest {}));
    let known = known.await.map_err(Part::Orders.failed())?.into_inner();
    let possible = known.services.into_iter();
    let possible = possible.filter(|known| known.forced_takeover_possible);
    Ok(possible.map(|known| known.service).collect())
}

fn there_is(version: &Version) -> Result<(), Refusal> {
    if version.access_carries_services {
        return Err(Refusal::unknown_endpoint());
    }
    Ok(())
}
