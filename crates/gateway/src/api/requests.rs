//! Data-subject requests over REST.

mod types;

use api::privacy::{NameAtAccess, SearchKeys};
use api::rights::{
    ApproveRequestRequest, DecideRequestRequest, GetCertificateRequest, GetPackageRequest,
    GetRequestRequest, ListHoldersRequest, ListRequestsRequest, OpenRequestRequest, RequestKind,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

pub use types::{
    Decided, Decision, Holder, Holders, NewRequest, Opened, PackageQuery, Request, RequestView,
    Requests, Resident,
};

use super::bearer::{Allowed, Holders as HoldersGate, Requests as RequestsGate, RequestsDecide};
use super::convert::{Paging, word};
use super::problem::Problem;
use crate::app::document;
use crate::services::{Part, call};
use crate::state::Gateway;

const STATE: &str = "REQUEST_STATE_";

/// Opens a request for a person whose identity has been checked; a duplicate joins the first.
#[utoipa::path(post, path = "/api/v1/requests", tag = "requests", request_body = NewRequest, security(("session" = [])),
    responses((status = 201, body = Opened), (status = 400, body = Problem)))]
pub async fn open(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsDecide>,
    Json(new): Json<NewRequest>,
) -> Result<(StatusCode, Json<Opened>), Problem> {
    let kind = match new.kind.as_str() {
        "ACCESS" => RequestKind::Access,
        "ERASURE" => RequestKind::Erasure,
        _ => return Err(Problem::field("kind", "ACCESS or ERASURE")),
    };
    let resident = |r: Resident| NameAtAccess {
        name: r.name,
        access_id: r.access_id,
    };
    let keys = SearchKeys {
        identity_numbers: new.identity_numbers,
        emails: new.emails,
        phones: new.phones,
        names_at_access: new.names_at_access.into_iter().map(resident).collect(),
    };
    let request = OpenRequestRequest {
        network: staff.network.to_string(),
        command_id: new.command_id.to_string(),
        kind: kind.into(),
        keys: Some(keys),
        identity_proof: new.identity_proof,
        note: new.note,
        language: if new.language.is_empty() {
            "sv".to_owned()
        } else {
            new.language
        },
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .open_request(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    Ok((
        StatusCode::CREATED,
        Json(Opened {
            request_id: answer.request_id,
            joined: answer.joined,
        }),
    ))
}

/// The requests of the network, nearest deadline first.
#[utoipa::path(get, path = "/api/v1/requests", tag = "requests", params(Paging), security(("session" = [])),
    responses((status = 200, body = Requests)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsGate>,
    Query(paging): Query<Paging>,
) -> Result<Json<Requests>, Problem> {
    let request = ListRequestsRequest {
        network: staff.network.to_string(),
        state: 0,
        page: Some(paging.request()),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .list_requests(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    let requests = answer.requests.into_iter().map(Request::from).collect();
    Ok(Json(Requests {
        requests,
        next_page_token: answer.next_page_token,
    }))
}

/// One request: every holder's answers, recipients, the decision.
#[utoipa::path(get, path = "/api/v1/requests/{id}", tag = "requests", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = RequestView), (status = 404, body = Problem)))]
pub async fn one(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<RequestView>, Problem> {
    let request = GetRequestRequest {
        network: staff.network.to_string(),
        request_id: id.to_string(),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .get_request(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    RequestView::of(answer)
        .map(Json)
        .ok_or_else(Problem::not_found)
}

/// Decides: "proceed", or "refuse" with a reason.
#[utoipa::path(post, path = "/api/v1/requests/{id}/decision", tag = "requests", params(("id" = Uuid, Path)),
    request_body = Decision, security(("session" = [])),
    responses((status = 200, body = Decided), (status = 409, body = Problem)))]
pub async fn decide(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsDecide>,
    Path(id): Path<Uuid>,
    Json(decision): Json<Decision>,
) -> Result<Json<Decided>, Problem> {
    let request = DecideRequestRequest {
        network: staff.network.to_string(),
        request_id: id.to_string(),
        decision: decision.decision,
        reason: decision.reason,
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .decide_request(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    Ok(Json(Decided {
        state: word(answer.state().as_str_name(), STATE),
    }))
}

/// A second person approves the decision.
#[utoipa::path(post, path = "/api/v1/requests/{id}/approval", tag = "requests", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = Decided), (status = 409, body = Problem)))]
pub async fn approve(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsDecide>,
    Path(id): Path<Uuid>,
) -> Result<Json<Decided>, Problem> {
    let request = ApproveRequestRequest {
        network: staff.network.to_string(),
        request_id: id.to_string(),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .approve_request(call(request))
        .await;
    let answer = answer.map_err(Part::Rights.failed())?.into_inner();
    Ok(Json(Decided {
        state: word(answer.state().as_str_name(), STATE),
    }))
}

/// The signed certificate, byte for byte.
#[utoipa::path(get, path = "/api/v1/requests/{id}/certificate", tag = "requests", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn certificate(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsGate>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let request = GetCertificateRequest {
        network: staff.network.to_string(),
        request_id: id.to_string(),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .get_certificate(call(request))
        .await;
    let document = answer.map_err(Part::Rights.failed())?.into_inner().document;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// The package of an access request.
#[utoipa::path(get, path = "/api/v1/requests/{id}/package", tag = "requests", params(("id" = Uuid, Path), PackageQuery),
    security(("session" = [])), responses((status = 200, body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn package(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<RequestsDecide>,
    Path(id): Path<Uuid>,
    Query(query): Query<PackageQuery>,
) -> Result<Response, Problem> {
    let kind = match query.format.as_str() {
        "json" => "application/json",
        // Not shown by a browser in our name, whatever it holds.
        "html" => "application/octet-stream",
        _ => return Err(Problem::field("format", "json or html")),
    };
    let request = GetPackageRequest {
        network: staff.network.to_string(),
        request_id: id.to_string(),
        format: query.format,
        purpose: "subject_access".to_owned(),
    };
    let bytes = document::package(&gateway.services, &staff.caller(), request).await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Every holder of personal data that has announced itself.
#[utoipa::path(get, path = "/api/v1/holders", tag = "requests", security(("session" = [])),
    responses((status = 200, body = Holders)))]
pub async fn holders(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<HoldersGate>,
) -> Result<Json<Holders>, Problem> {
    let answer = gateway
        .services
        .rights(&staff.caller())
        .list_holders(call(ListHoldersRequest {}))
        .await;
    let holders = answer.map_err(Part::Rights.failed())?.into_inner().holders;
    Ok(Json(Holders {
        holders: holders.into_iter().map(Holder::from).collect(),
    }))
}
