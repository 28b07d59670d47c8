//! Address files over REST: the file is the body, how to read it stands in the query.

use api::registry::{GetImportRequest, ImportMode, ImportReport, ListImportsRequest};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bearer::{Allowed, Imports as ImportsGate};
use super::convert::{Paging, time, word};
use super::problem::Problem;
use crate::app::import_file::{self, Wish};
use crate::services::{Part, call};
use crate::state::Gateway;

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
    /// "utf-8", "iso-8859-1" or "windows-1252"; empty: recognise.
    #[serde(default)]
    charset: String,
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
    /// "applied", "nothing_changed", "refused", "dry_run".
    outcome: String,
    rows: u64,
    added: u64,
    changed: u64,
    unchanged: u64,
    ended: u64,
    rejected: u64,
    residents_suppressed: u64,
    rejections: Vec<Rejection>,
    charset: String,
    delimiter: String,
    unknown_columns: Vec<String>,
    received_at: Option<DateTime<Utc>>,
    refusal: String,
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Imports {
    imports: Vec<Import>,
    next_page_token: String,
}

/// Imports an address file (MdB2).
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", params(ImportQuery), security(("session" = [])),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = Import), (status = 400, body = Problem), (status = 413, body = Problem)))]
pub async fn upload(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Query(query): Query<ImportQuery>,
    file: Bytes,
) -> Result<Json<Import>, Problem> {
    let mode = match query.mode.as_str() {
        "full" => ImportMode::Full,
        "delta" => ImportMode::Delta,
        _ => return Err(Problem::field("mode", "full or delta")),
    };
    if file.is_empty() {
        return Err(Problem::field(
            "body",
            "the address file is the body of the request",
        ));
    }
    let wish = Wish {
        network: staff.network.clone(),
        mode,
        dry_run: query.dry_run,
        charset: query.charset,
    };
    let answer = import_file::send(&gateway.services, &staff.caller(), &wish, file).await?;
    let report = answer.report.clone().unwrap_or_default();
    gateway.recent_imports.keep(&staff.network, answer);
    Ok(Json(report.into()))
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
    if let Some(report) = gateway
        .recent_imports
        .report(&staff.network, &id.to_string())
    {
        return Ok(Json(report.into()));
    }
    let request = GetImportRequest {
        network: staff.network.to_string(),
        import_id: id.to_string(),
    };
    let answer = gateway
        .services
        .registry(&staff.caller())
        .get_import(call(request))
        .await;
    let report = answer.map_err(Part::Registry.failed())?.into_inner().report;
    Ok(Json(report.ok_or_else(Problem::not_found)?.into()))
}

/// The rejected rows as a file, for half an hour after the import.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rejected", tag = "imports", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn rejected(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ImportsGate>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let file = gateway
        .recent_imports
        .rejected_file(&staff.network, &id.to_string())
        .ok_or_else(Problem::not_found)?;
    Ok((
        StatusCode::OK,
        [(header::CONTENT_TYPE, "application/octet-stream")],
        file,
    )
        .into_response())
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
            residents_suppressed: r.residents_suppressed,
            rejections: r.rejections.into_iter().map(rejection).collect(),
            charset: r.charset,
            delimiter: r.delimiter,
            unknown_columns: r.unknown_columns,
            refusal: r.refusal,
        }
    }
}
