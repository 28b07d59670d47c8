//! The address file that the registry fetches by itself, over REST.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Imports as ImportsGate};
use super::convert::time;
use super::problem::Problem;
use crate::app::pull_file;
use crate::state::Gateway;

/// How a file is fetched now.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PullQuery {
    /// Import the file also when it is the one that was fetched last.
    #[serde(default)]
    again: bool,
}

/// How fetching the network's address file goes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pull {
    /// It is being fetched.
    running: bool,
    /// Of the last attempt that ended: "imported", "unchanged" or "failed"; empty before the first.
    outcome: String,
    /// "unreachable", "timed_out", "credential_refused", "status", "redirected", "cut_short", "length_unknown", "compressed",
    /// "not_an_address_file", "too_large", "refused", "internal"; empty when it did not fail.
    failure: String,
    /// The HTTP status, where that was the failure.
    http_status: Option<u32>,
    /// The last import that a fetch led to; empty before the first.
    import_id: String,
    /// Attempts at the planned time that came last.
    attempts: u32,
    begun_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    succeeded_at: Option<DateTime<Utc>>,
    /// The next attempt of this night, where one follows.
    next_attempt_at: Option<DateTime<Utc>>,
    /// The next planned time.
    planned_at: Option<DateTime<Utc>>,
    /// The attempts of the last night failed.
    alarm_failed: bool,
    /// Nothing has come for longer than expected.
    alarm_late: bool,
}

/// How fetching goes, and how it ended last.
#[utoipa::path(get, path = "/api/v1/imports/pull", tag = "imports", security(("session" = [])),
    responses((status = 200, body = Pull), (status = 404, body = Problem)))]
pub async fn state(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
) -> Result<Json<Pull>, Problem> {
    let pull = pull_file::state(&gateway.services, &staff.caller(), &staff.network).await?;
    Ok(Json(pull.ok_or_else(Problem::not_found)?.into()))
}

/// Begins to fetch the file now. It goes on after the answer; ask how far it is.
#[utoipa::path(post, path = "/api/v1/imports/pull", tag = "imports", params(PullQuery), security(("session" = [])),
    responses((status = 202, body = Pull), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn start(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Query(query): Query<PullQuery>,
) -> Result<(StatusCode, Json<Pull>), Problem> {
    let (caller, network) = (staff.caller(), &staff.network);
    let pull = pull_file::start(&gateway.services, &caller, network, query.again).await?;
    Ok((StatusCode::ACCEPTED, Json(pull.into())))
}

impl From<api::registry::Pull> for Pull {
    fn from(pull: api::registry::Pull) -> Self {
        Self {
            running: pull.running,
            http_status: pull.http_status,
            attempts: pull.attempts,
            begun_at: time(pull.begun_at.as_ref()),
            ended_at: time(pull.ended_at.as_ref()),
            succeeded_at: time(pull.succeeded_at.as_ref()),
            next_attempt_at: time(pull.next_attempt_at.as_ref()),
            planned_at: time(pull.planned_at.as_ref()),
            alarm_failed: pull.alarm_failed,
            alarm_late: pull.alarm_late,
            outcome: pull.outcome,
            failure: pull.failure,
            import_id: pull.import_id,
        }
    }
}
