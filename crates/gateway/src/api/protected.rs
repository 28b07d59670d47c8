//! People with protected personal data over REST: one asks, another approves, the first looks within the hour, or takes the
//! mark away. A URL has the number of a disclosure; who it is about stands in bodies alone.

use api::registry::{
    Access, DecideDisclosureRequest, Disclosure as PbDisclosure, EditAccessRequest,
    GetProtectedResidentRequest, ListAccessesRequest, ListDisclosuresRequest,
    RequestDisclosureRequest,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{Accesses, Allowed, Protected as ProtectedGate, ProtectedDecide};
use super::convert::{Paging, time, word};
use super::problem::Problem;
use crate::app::session::SignedIn;
use crate::services::{Part, call};
use crate::state::Gateway;

/// Whose people are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewDisclosure {
    access_id: String,
    /// Why, 1 to 200 characters; no name in it.
    purpose: String,
}

/// What another says to it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DisclosureDecision {
    /// "approve" or "decline".
    decision: String,
}

/// Whose mark is taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lift {
    access_id: String,
    /// Why, 1 to 200 characters; kept with the access.
    reason: String,
}

/// That somebody wants to see, or has seen, the people at an access. It names none of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Disclosure {
    disclosure_id: String,
    access_id: String,
    purpose: String,
    /// "PENDING", "APPROVED", "DECLINED" or "LAPSED".
    state: String,
    /// The user who asked.
    requested_by: String,
    requested_at: Option<DateTime<Utc>>,
    /// The user who approved or declined; empty while nobody has.
    decided_by: String,
    decided_at: Option<DateTime<Utc>>,
    /// Until then it can be decided, or looked at.
    lapses_at: Option<DateTime<Utc>>,
    /// The caller may decide it: it waits, and somebody else asked.
    may_decide: bool,
    /// The caller may look.
    may_look: bool,
}

/// A page of disclosures, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Disclosures {
    disclosures: Vec<Disclosure>,
    next_page_token: String,
}

/// The people at the access.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtectedPeople {
    access_id: String,
    /// Empty when none is known, erased or restricted.
    resident_name: String,
    /// The same for the property's owner.
    property_owner: String,
}

/// Asks to be shown the people at an access. Asked again while the first is open, the first is the answer.
#[utoipa::path(post, path = "/api/v1/protected-disclosures", tag = "protected", request_body = NewDisclosure,
    security(("session" = [])), responses((status = 201, body = Disclosure), (status = 400, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn ask(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProtectedDecide>,
    Json(new): Json<NewDisclosure>,
) -> Result<(StatusCode, Json<Disclosure>), Problem> {
    let request = RequestDisclosureRequest {
        network: staff.network.to_string(),
        access_id: new.access_id,
        purpose: new.purpose,
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.request_disclosure(call(request)).await;
    let asked = answer.map_err(Part::Registry.failed())?.into_inner();
    let asked = asked.disclosure.unwrap_or_default();
    Ok((StatusCode::CREATED, Json(asked.into())))
}

/// The disclosures of the network, newest first.
#[utoipa::path(get, path = "/api/v1/protected-disclosures", tag = "protected", params(Paging), security(("session" = [])),
    responses((status = 200, body = Disclosures), (status = 403, body = Problem)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProtectedGate>,
    Query(paging): Query<Paging>,
) -> Result<Json<Disclosures>, Problem> {
    let request = ListDisclosuresRequest {
        network: staff.network.to_string(),
        page: Some(paging.request()),
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.list_disclosures(call(request)).await;
    let found = answer.map_err(Part::Registry.failed())?.into_inner();
    Ok(Json(Disclosures {
        disclosures: found.disclosures.into_iter().map(Into::into).collect(),
        next_page_token: found.next_page_token,
    }))
}

/// Approves or declines what somebody else has asked for.
#[utoipa::path(post, path = "/api/v1/protected-disclosures/{id}/decision", tag = "protected", params(("id" = Uuid, Path)),
    request_body = DisclosureDecision, security(("session" = [])), responses((status = 200, body = Disclosure),
    (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn decide(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProtectedDecide>,
    Path(id): Path<Uuid>,
    Json(decision): Json<DisclosureDecision>,
) -> Result<Json<Disclosure>, Problem> {
    let approve = match decision.decision.as_str() {
        "approve" => true,
        "decline" => false,
        _ => return Err(Problem::field("decision", "approve or decline")),
    };
    let request = DecideDisclosureRequest {
        network: staff.network.to_string(),
        disclosure_id: id.to_string(),
        approve,
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.decide_disclosure(call(request)).await;
    let decided = answer.map_err(Part::Registry.failed())?.into_inner();
    Ok(Json(decided.disclosure.unwrap_or_default().into()))
}

/// The people, for whoever asked, while the approval holds. A POST, because every look is logged.
#[utoipa::path(post, path = "/api/v1/protected-disclosures/{id}/people", tag = "protected", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = ProtectedPeople), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn look(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProtectedDecide>,
    Path(id): Path<Uuid>,
) -> Result<Json<ProtectedPeople>, Problem> {
    let request = GetProtectedResidentRequest {
        network: staff.network.to_string(),
        disclosure_id: id.to_string(),
    };
    let mut registry = gateway.services.protected(&staff.caller());
    let answer = registry.get_protected_resident(call(request)).await;
    let read = answer.map_err(Part::Registry.failed())?.into_inner();
    let people = ProtectedPeople {
        access_id: read.disclosure.unwrap_or_default().access_id,
        resident_name: read.resident_name,
        property_owner: read.property_owner,
    };
    Ok(Json(people))
}

/// Takes the mark of protected personal data away. Whoever does it could read the people at once: besides being allowed to
/// edit accesses, the caller must have a disclosure of this access that another has approved within the hour.
#[utoipa::path(post, path = "/api/v1/protected-marks/lift", tag = "protected", request_body = Lift, security(("session" = [])),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub async fn lift(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<Accesses>,
    Json(wish): Json<Lift>,
) -> Result<StatusCode, Problem> {
    let access = access(&gateway, &staff, &wish.access_id).await?;
    let request = EditAccessRequest {
        network: staff.network.to_string(),
        version: access.version.clone(),
        access: Some(access),
        reason: wish.reason,
        resident_protected: Some(false),
        not_to_providers: None,
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let edited = registry.edit_access(call(request)).await;
    edited.map_err(Part::Registry.failed())?;
    Ok(StatusCode::NO_CONTENT)
}

/// The access as it is, without anybody who lives there: so its people are not read.
async fn access(gateway: &Gateway, staff: &SignedIn, id: &str) -> Result<Access, Problem> {
    let request = ListAccessesRequest {
        network: staff.network.to_string(),
        query: id.to_owned(),
        page: None,
    };
    let mut registry = gateway.services.registry(&staff.caller());
    let answer = registry.list_accesses(call(request)).await;
    let found = answer.map_err(Part::Registry.failed())?.into_inner();
    let mut found = found.accesses.into_iter();
    found
        .find(|access| access.access_id == id)
        .ok_or_else(Problem::not_found)
}

impl From<PbDisclosure> for Disclosure {
    fn from(d: PbDisclosure) -> Self {
        Self {
            state: word(d.state().as_str_name(), "DISCLOSURE_STATE_"),
            requested_at: time(d.requested_at.as_ref()),
            decided_at: time(d.decided_at.as_ref()),
            lapses_at: time(d.lapses_at.as_ref()),
            disclosure_id: d.disclosure_id,
            access_id: d.access_id,
            purpose: d.purpose,
            requested_by: d.requested_by,
            decided_by: d.decided_by,
            may_decide: d.may_decide,
            may_look: d.may_look,
        }
    }
}
