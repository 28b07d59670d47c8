//! `/accesses/` and `/accesses/{accessId}` (on-api.md §1.3).

use api::registry::access_change::Change;
use api::registry::{AccessChange, GetMarketAccessRequest, MarketAccess, MarketInterface};
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use kernel::AccessId;
use serde::Serialize;
use service_kit::caller::Caller;

use super::access_json::{Access, Extent};
use super::body::{self, Said};
use super::changes::Changes;
use super::errors::Refusal;
use super::since::{Since, last_modified, seen_before};
use super::versions::Spoken;
use crate::limits;
use crate::services::{Part, call};
use crate::state::Gateway;

/// What is in an answer, where it is not what was asked for.
const EXTENT: HeaderName = HeaderName::from_static("uttag-extent");

/// All accesses, or those that have changed. None at all is 404, nothing changed 304.
pub async fn list(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Since(since): Since,
) -> Result<Response, Refusal> {
    let json = |access| Access::of(access, version, Extent::List);
    match listed(&gateway, &caller, since, json).await? {
        Listed::Empty => Err(Refusal::nothing()),
        Listed::Some(response) => Ok(response),
    }
}

/// One access.
pub async fn one(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Spoken(version): Spoken,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Access>, Refusal> {
    let access = find(&gateway, &caller, &id).await?;
    let json = Access::of(access, version, Extent::Single);
    json.map(Json).ok_or_else(Refusal::not_found)
}

/// What became of a list of accesses.
pub enum Listed {
    /// There is no access at all.
    Empty,
    /// 200 with the array, or 304.
    Some(Response),
}

/// A list over accesses, one object for each that there is or that has changed since. Who asks for changes from before
/// what the registry can tell gets all. What has gone cannot be said here; `/events/` says it (on-api.md §1.5, 19).
///
/// # Errors
/// There is no contract, the provider reads too many lists, or the registry fails.
pub async fn listed<T: Serialize + 'static>(
    gateway: &Gateway,
    caller: &Caller,
    since: Option<DateTime<Utc>>,
    json: impl Fn(MarketAccess) -> Option<T> + Send + 'static,
) -> Result<Listed, Refusal> {
    let now = gateway.directory.clock.now();
    let changes = Changes::open(gateway, caller, since).await?;
    let everything = changes.is_everything();
    let say = move |change: AccessChange, _| match change.change {
        Some(Change::Put(access)) => json(access).map_or(Said::Nothing, Said::Item),
        Some(Change::Removed(_)) | None => Said::Nothing,
    };
    let listing = body::begin(changes, say).await?;
    if listing.body.is_none() && everything {
        return Ok(Listed::Empty);
    }
    let seen = listing
        .as_of
        .map(|as_of| seen_before(as_of, now, limits::on_api_settled()));
    let response = answer(listing.body, seen);
    Ok(Listed::Some(if since.is_some() && everything {
        instead_of_changes(response)
    } else {
        response
    }))
}

/// Says that everything is in the answer although changes were asked for: what the reader has and it does not name is gone.
/// ON-API has no word for that.
pub fn instead_of_changes(mut response: Response) -> Response {
    let everything = HeaderValue::from_static("everything");
    response.headers_mut().insert(EXTENT, everything);
    response
}

/// 200 with the array or 304 without a body, and the time up to which the reader now knows everything.
pub fn answer(body: Option<axum::body::Body>, seen: Option<DateTime<Utc>>) -> Response {
    let mut response = match body {
        Some(body) => {
            let json = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, json)], body).into_response()
        }
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    if let Some(value) = seen.and_then(last_modified) {
        response.headers_mut().insert(header::LAST_MODIFIED, value);
    }
    response
}

/// One access of the provider's contract.
///
/// # Errors
/// There is none of that id, or the registry fails.
pub async fn find(gateway: &Gateway, caller: &Caller, id: &str) -> Result<MarketAccess, Refusal> {
    // What cannot be an id is no access either.
    let id = AccessId::parse(id).map_err(|_| Refusal::not_found())?;
    let request = GetMarketAccessRequest {
        access_id: id.to_string(),
        interface: MarketInterface::OnApi.into(),
    };
    let found = gateway
        .services
        .market(caller)
        .get_market_access(call(request))
        .await;
    let found = found.map_err(Part::Registry.failed())?;
    found.into_inner().access.ok_or_else(Refusal::not_found)
}
