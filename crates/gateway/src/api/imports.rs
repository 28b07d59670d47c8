//! Address files over REST: the file is the body, how to read it stands in the query.

use api::registry::{ImportMode, ImportReport, ListImportsRequest, RefusalReason};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bearer::{Allowed, Imports as ImportsGate};
use super::convert::{Paging, time, word};
use super::problem::Problem;
use crate::app::decide_import::{self, Decision};
use crate::app::import_file::{self, SendError, Wish};
use crate::app::session::SignedIn;
use crate::services::{Part, call};
use crate::state::Gateway;

/// Header of the file of rejected rows: so many rows it leaves out, because somebody whom they name was erased. No format of
/// address files has a line for it that could be imported again.
const LEFT_OUT: &str = "uttag-rows-left-out";

/// How a file is read and applied.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// "full" (what the file does not name ends) or "delta".
    mode: String,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// Compare, and wait for `POST /imports/{id}/apply` or `DELETE /imports/{id}`.
    #[serde(default)]
    hold: bool,
    /// "utf-8", "iso-8859-1" or "windows-1252"; empty: recognise.
    #[serde(default)]
    charset: String,
    /// "mdb2", "mdb1", "pi-api" or "on-api"; empty: recognise.
    #[serde(default)]
    format: String,
    /// So many accesses may end, even if they are more than the allowed share.
    #[serde(default)]
    confirmed_ending: u64,
}

/// How a held import is applied.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ApplyQuery {
    /// So many accesses may end, even if they are more than the allowed share.
    #[serde(default)]
    confirmed_ending: u64,
}

/// A column of an access that an import changes.
#[derive(Serialize, ToSchema)]
pub struct Change {
    field: String,
    before: String,
    after: String,
}

/// An access that an import adds, changes or ends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// "added", "changed" or "ended".
    kind: String,
    access_id: String,
    address: String,
    changes: Vec<Change>,
}

/// What a held import would do now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    import: Import,
    samples: Vec<Sample>,
    /// More accesses would end than is allowed without `confirmedEnding`.
    needs_confirmation: bool,
}

/// A row that was refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    /// 1 is the header line.
    line: u64,
    field: String,
    value: String,
    rule: String,
    /// "FIELD_EMPTY", "POSTAL_CODE_INVALID" …: the rule's stable code, to say it in another language.
    reason: String,
    /// What the rule says of numbers and words, in its order.
    arguments: Vec<String>,
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    import_id: String,
    mode: String,
    dry_run: bool,
    /// "staging" while it comes in, "interrupted" when it will not come in to its end; then "applied", "nothing_changed",
    /// "refused", "dry_run", "held", "dropped", "undone".
    outcome: String,
    /// "mdb2", "mdb1", "pi-api", "on-api".
    format: String,
    rows: u64,
    added: u64,
    changed: u64,
    unchanged: u64,
    ended: u64,
    rejected: u64,
    /// Rows among `rejected` that the file of rejected rows leaves out, because somebody whom they name was erased.
    rejected_left_out: u64,
    residents_suppressed: u64,
    rejections: Vec<Rejection>,
    charset: String,
    delimiter: String,
    unknown_columns: Vec<String>,
    received_at: Option<DateTime<Utc>>,
    refusal: String,
    /// A stable code of the refusal, with what it says of numbers and words, in its order; empty where there is none.
    refusal_reason: String,
    refusal_arguments: Vec<String>,
    /// Rows that were taken, and of which something is to be remarked.
    remarked: u64,
    /// The first 200 remarks.
    remarks: Vec<Rejection>,
    /// Until when a held import waits.
    held_until: Option<DateTime<Utc>>,
    /// Until when it can be taken back.
    undo_until: Option<DateTime<Utc>>,
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Imports {
    imports: Vec<Import>,
    next_page_token: String,
}

/// Imports an address file: MdB2, MdB1, PI-API or ON-API.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", params(ImportQuery), security(("session" = [])),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = Import), (status = 400, body = Problem), (status = 413, body = Problem)))]
pub async fn upload(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Query(query): Query<ImportQuery>,
    file: Body,
) -> Result<Json<Import>, Problem> {
    let mode = match query.mode.as_str() {
        "full" => ImportMode::Full,
        "delta" => ImportMode::Delta,
        _ => return Err(Problem::field("mode", "full or delta")),
    };
    let wish = Wish {
        network: staff.network.clone(),
        mode,
        dry_run: query.dry_run,
        hold: query.hold,
        charset: query.charset,
        format: query.format,
        confirmed_ending: query.confirmed_ending,
    };
    let caller = staff.caller();
    let sent = import_file::send(&gateway.services, &caller, &wish, file.into_data_stream());
    let answer = sent.await.map_err(|error| match error {
        SendError::Empty => Problem::field("body", "the address file is the body of the request"),
        SendError::Broken => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            "the file broke off, or is larger than 1 GiB",
        ),
        SendError::Registry(failure) => failure.into(),
    })?;
    Ok(Json(answer.report.unwrap_or_default().into()))
}

/// The imports of the network, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(Paging), security(("session" = [])),
    responses((status = 200, body = Imports)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Query(paging): Query<Paging>,
) -> Result<Json<Imports>, Problem> {
    let request = ListImportsRequest {
        network: staff.network.to_string(),
        page: Some(paging.request()),
    };
    let answer = gateway
        .services
        .registry(&staff.caller())
        .list_imports(call(request))
        .await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    let imports = answer.imports.into_iter().map(Import::from).collect();
    Ok(Json(Imports {
        imports,
        next_page_token: answer.next_page_token,
    }))
}

/// One import.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 200, body = Import), (status = 404, body = Problem)))]
pub async fn one(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, Problem> {
    let report = decide_import::report(
        &gateway.services,
        &staff.caller(),
        &staff.network,
        &id.to_string(),
    )
    .await?;
    Ok(Json(report.ok_or_else(Problem::not_found)?.into()))
}

/// What a held import would do now, with some accesses of each kind.
#[utoipa::path(get, path = "/api/v1/imports/{id}/preview", tag = "imports", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn preview(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<Preview>, Problem> {
    let preview = decide_import::preview(
        &gateway.services,
        &staff.caller(),
        &staff.network,
        &id.to_string(),
    )
    .await?;
    let change = |change: api::registry::FieldChange| Change {
        field: change.field,
        before: change.before,
        after: change.after,
    };
    let sample = |sample: api::registry::AccessSample| Sample {
        kind: sample.kind,
        access_id: sample.access_id,
        address: sample.address,
        changes: sample.changes.into_iter().map(change).collect(),
    };
    Ok(Json(Preview {
        import: preview.report.unwrap_or_default().into(),
        samples: preview.samples.into_iter().map(sample).collect(),
        needs_confirmation: preview.needs_confirmation,
    }))
}

/// Applies a held import.
#[utoipa::path(post, path = "/api/v1/imports/{id}/apply", tag = "imports", params(("id" = Uuid, Path), ApplyQuery),
    security(("session" = [])), responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn apply(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
    Query(query): Query<ApplyQuery>,
) -> Result<Json<Import>, Problem> {
    let confirmed_ending = query.confirmed_ending;
    decided(&gateway, &staff, id, Decision::Apply { confirmed_ending }).await
}

/// Takes back the import that was applied last, while there is time.
#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", tag = "imports", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn undo(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, Problem> {
    decided(&gateway, &staff, id, Decision::Undo).await
}

/// Forgets a held or interrupted import.
#[utoipa::path(delete, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = Uuid, Path)), security(("session" = [])),
    responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn forget(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, Problem> {
    decided(&gateway, &staff, id, Decision::Drop).await
}

async fn decided(
    gateway: &Gateway,
    staff: &SignedIn,
    id: Uuid,
    decision: Decision,
) -> Result<Json<Import>, Problem> {
    let (caller, id) = (staff.caller(), id.to_string());
    let report =
        decide_import::decide(&gateway.services, &caller, &staff.network, &id, decision).await?;
    Ok(Json(report.into()))
}

/// The rejected rows as a file with their reasons, to mend and import again.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rejected", tag = "imports", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = Vec<u8>, headers(("uttag-rows-left-out" = u64,
        description = "Rows that the file leaves out, because somebody whom they name was erased."))), (status = 404, body = Problem)))]
pub async fn rejected(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let (caller, id) = (staff.caller(), id.to_string());
    let file = decide_import::rejected(&gateway.services, &caller, &staff.network, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    let left_out = [(LEFT_OUT, file.left_out.to_string())];
    Ok((StatusCode::OK, kind, left_out, file.body).into_response())
}

impl From<ImportReport> for Import {
    fn from(r: ImportReport) -> Self {
        let rejection = |row: api::registry::RejectedRow| Rejection {
            line: row.line,
            reason: word(row.reason().as_str_name(), "REJECTION_REASON_"),
            arguments: row.arguments,
            field: row.field,
            value: row.value,
            rule: row.rule,
        };
        Self {
            mode: word(r.mode().as_str_name(), "IMPORT_MODE_"),
            refusal_reason: match r.refusal_reason() {
                RefusalReason::Unspecified => String::new(),
                reason => word(reason.as_str_name(), "REFUSAL_REASON_"),
            },
            refusal_arguments: r.refusal_arguments,
            remarked: r.remarked,
            remarks: r.remarks.into_iter().map(rejection).collect(),
            received_at: time(r.received_at.as_ref()),
            import_id: r.import_id,
            dry_run: r.dry_run,
            outcome: r.outcome,
            rows: r.rows,
            added: r.added,
            changed: r.changed,
            unchanged: r.unchanged,
            ended: r.ended,
            rejected: r.rejected,
            rejected_left_out: r.rejected_left_out,
            residents_suppressed: r.residents_suppressed,
            rejections: r.rejections.into_iter().map(rejection).collect(),
            charset: r.charset,
            delimiter: r.delimiter,
            unknown_columns: r.unknown_columns,
            refusal: r.refusal,
            format: r.format,
            held_until: time(r.held_until.as_ref()),
            undo_until: time(r.undo_until.as_ref()),
        }
    }
}
