//! Address files: upload, list, report, rejected rows.

use api::common::PageRequest;
use api::registry::{GetImportRequest, ImportMode, ImportReport, ListImportsRequest, RejectedRow};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::StatusCode;

use super::ListQuery;
use crate::app::import_file::{self, Wish};
use crate::http::guard::{Csrf, Staff};
use crate::i18n::{Lang, Texts, rejections};
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

struct Summary {
    id: String,
    received: String,
    outcome: &'static str,
    outcome_code: String,
    tone: &'static str,
    refusal: String,
    format: String,
    unknown: String,
    rows: u64,
    added: u64,
    changed: u64,
    unchanged: u64,
    ended: u64,
    rejected: u64,
    suppressed: u64,
}

/// One broken rule of one row.
struct Rejection {
    line: u64,
    field: String,
    value: String,
    rule: String,
    /// The language of the rule: English when the registry says more than we know.
    lang: &'static str,
}

#[derive(Template)]
#[template(path = "staff/imports.html")]
struct ImportsPage {
    page: Page,
    form: Form,
    imports: Vec<Summary>,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/import.html")]
struct ImportPage {
    page: Page,
    i: Summary,
    rejections: Vec<Rejection>,
    downloadable: bool,
}

/// `GET /{lang}/staff/imports`.
pub async fn list(
    State(gateway): State<Gateway>,
    staff: Staff,
    page: Page,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    show_list(&gateway, &staff, page, query.page, Form::default()).await
}

/// `POST /{lang}/staff/imports`: then the report, under an address of its own.
pub async fn upload(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    csrf: Csrf,
    page: Page,
    parts: Multipart,
) -> Result<Response, WebError> {
    let upload = Upload::read(parts).await?;
    csrf.check(&upload.csrf)?;
    let Some(file) = upload.file.filter(|file| !file.is_empty()) else {
        let mut form = Form::default();
        form.refuse("file", form::message(page.t, "file"));
        return show_list(&gateway, &Staff(staff), page, String::new(), form).await;
    };
    let mode = if upload.full {
        ImportMode::Full
    } else {
        ImportMode::Delta
    };
    let wish = Wish {
        network: staff.network.clone(),
        mode,
        dry_run: upload.dry_run,
        charset: String::new(),
    };
    let answer = import_file::send(&gateway.services, &staff.caller(), &wish, file).await?;
    let id = answer
        .report
        .as_ref()
        .map(|report| report.import_id.clone())
        .unwrap_or_default();
    gateway.recent_imports.keep(&staff.network, answer);
    Ok(Redirect::to(&format!("/{}/staff/imports/{id}", page.lang)).into_response())
}

/// `GET /{lang}/staff/imports/{id}`.
pub async fn report(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let report = if let Some(report) = gateway.recent_imports.report(&staff.network, &id) {
        report
    } else {
        let request = GetImportRequest {
            network: staff.network.to_string(),
            import_id: id.clone(),
        };
        let answer = gateway
            .services
            .registry(&staff.caller())
            .get_import(call(request))
            .await;
        answer
            .map_err(Part::Registry.failed())?
            .into_inner()
            .report
            .ok_or(WebError::NotFound)?
    };
    let downloadable = gateway
        .recent_imports
        .rejected_file(&staff.network, &id)
        .is_some();
    let rejection = |row| Rejection::of(row, &page);
    let rejections = report.rejections.iter().map(rejection).collect();
    let html = ImportPage {
        i: Summary::of(report, page.t),
        page,
        rejections,
        downloadable,
    };
    Ok(Html(html.render()?).into_response())
}

/// `GET /{lang}/staff/imports/{id}/rejected`.
pub async fn rejected(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let file = gateway
        .recent_imports
        .rejected_file(&staff.network, &id)
        .ok_or(WebError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rejected.csv\"",
        ),
    ];
    Ok((headers, file).into_response())
}

/// What the form brought.
#[derive(Default)]
struct Upload {
    csrf: String,
    full: bool,
    dry_run: bool,
    file: Option<Bytes>,
}

impl Upload {
    async fn read(mut parts: Multipart) -> Result<Self, WebError> {
        let wrong = |error: axum::extract::multipart::MultipartError| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                WebError::TooLarge
            } else {
                WebError::BadRequest
            }
        };
        let mut upload = Self::default();
        while let Some(part) = parts.next_field().await.map_err(wrong)? {
            match part.name() {
                Some("csrf") => upload.csrf = part.text().await.map_err(wrong)?,
                Some("mode") => upload.full = part.text().await.map_err(wrong)? == "full",
                Some("dry_run") => upload.dry_run = !part.text().await.map_err(wrong)?.is_empty(),
                Some("file") => upload.file = Some(part.bytes().await.map_err(wrong)?),
                _ => {}
            }
        }
        Ok(upload)
    }
}

impl Rejection {
    fn of(row: &RejectedRow, page: &Page) -> Self {
        let (rule, lang) = match rejections::rule(row, page.t) {
            Some(rule) => (rule, page.lang),
            None => (row.rule.clone(), Lang::En),
        };
        Self {
            line: row.line,
            field: row.field.clone(),
            value: row.value.clone(),
            rule,
            lang: lang.code(),
        }
    }
}

impl Summary {
    fn of(report: ImportReport, t: &Texts) -> Self {
        let s = &t.staff;
        let (outcome, tone) = match report.outcome.as_str() {
            "applied" if report.rejected > 0 => (s.import_applied, "warn"),
            "applied" => (s.import_applied, "good"),
            "nothing_changed" if report.rejected > 0 => (s.import_nothing_changed, "warn"),
            "nothing_changed" => (s.import_nothing_changed, "good"),
            "dry_run" => (s.import_dry, "warn"),
            _ => (s.import_refused, "bad"),
        };
        Self {
            received: view::time(report.received_at.as_ref()),
            outcome,
            tone,
            format: format!("{}, {}", report.charset, report.delimiter),
            unknown: report.unknown_columns.join(", "),
            id: report.import_id,
            outcome_code: report.outcome,
            refusal: report.refusal,
            rows: report.rows,
            added: report.added,
            changed: report.changed,
            unchanged: report.unchanged,
            ended: report.ended,
            rejected: report.rejected,
            suppressed: report.residents_suppressed,
        }
    }
}

async fn show_list(
    gateway: &Gateway,
    Staff(staff): &Staff,
    page: Page,
    token: String,
    form: Form,
) -> Result<Response, WebError> {
    let wanted = PageRequest {
        page_size: limits::PAGE_SIZE,
        page_token: token,
    };
    let request = ListImportsRequest {
        network: staff.network.to_string(),
        page: Some(wanted),
    };
    let answer = gateway
        .services
        .registry(&staff.caller())
        .list_imports(call(request))
        .await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    let status = if form.is_right() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let imports = answer
        .imports
        .into_iter()
        .map(|report| Summary::of(report, page.t))
        .collect();
    let html = ImportsPage {
        page,
        form,
        imports,
        next: answer.next_page_token,
    };
    Ok((status, Html(html.render()?)).into_response())
}
