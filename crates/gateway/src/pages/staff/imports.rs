//! Address files: upload and list.

use api::common::PageRequest;
use api::registry::{ImportMode, ImportReport, ListImportsRequest};
use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;

use super::ListQuery;
use super::pull::PullBox;
use crate::app::import_file::{self, SendError, Wish};
use crate::app::pull_file;
use crate::app::session::SignedIn;
use crate::http::guard::{Csrf, Staff};
use crate::i18n::{Lang, refusals};
use crate::limits;
use crate::pages::error::WebError;
use crate::pages::form::{self, Form};
use crate::pages::page::Page;
use crate::pages::view;
use crate::services::{Part, call};
use crate::state::Gateway;

pub(super) struct Summary {
    pub(super) id: String,
    pub(super) received: String,
    pub(super) outcome: &'static str,
    pub(super) outcome_code: String,
    pub(super) tone: &'static str,
    pub(super) refusal: String,
    /// English where the registry says more than we know.
    pub(super) refusal_lang: &'static str,
    pub(super) remarked: u64,
    pub(super) format: String,
    pub(super) unknown: String,
    pub(super) rows: u64,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) ended: u64,
    pub(super) rejected: u64,
    /// Of them, rows that the file of rejected rows leaves out.
    pub(super) left_out: u64,
    pub(super) suppressed: u64,
}

#[derive(Template)]
#[template(path = "staff/imports.html")]
struct ImportsPage {
    page: Page,
    form: Form,
    imports: Vec<Summary>,
    next: String,
    /// Nothing where no file is fetched.
    pull: Option<PullBox>,
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
    let mut parts = parts;
    let mut upload = Upload::default();
    let file = loop {
        match parts.next_field().await.map_err(wrong)? {
            Some(part) if part.name() == Some("file") => break Some(part),
            Some(part) => upload.take(part).await?,
            None => break None,
        }
    };
    csrf.check(&upload.csrf)?;
    let Some(file) = file else {
        return show_without_file(&gateway, staff, page).await;
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
        hold: upload.hold,
        charset: String::new(),
        format: String::new(),
        confirmed_ending: 0,
    };
    let caller = staff.caller();
    match import_file::send(&gateway.services, &caller, &wish, file).await {
        Ok(answer) => {
            let id = answer
                .report
                .map(|report| report.import_id)
                .unwrap_or_default();
            Ok(Redirect::to(&format!("/{}/staff/imports/{id}", page.lang)).into_response())
        }
        Err(SendError::Empty) => show_without_file(&gateway, staff, page).await,
        Err(SendError::Broken) => Err(WebError::TooLarge),
        Err(SendError::Registry(failure)) => Err(failure.into()),
    }
}

async fn show_without_file(
    gateway: &Gateway,
    staff: SignedIn,
    page: Page,
) -> Result<Response, WebError> {
    let mut form = Form::default();
    form.refuse("file", form::message(page.t, "file"));
    show_list(gateway, &Staff(staff), page, String::new(), form).await
}

/// What the form brought before the file, which comes last and goes through in pieces.
#[derive(Default)]
struct Upload {
    csrf: String,
    full: bool,
    dry_run: bool,
    hold: bool,
}

impl Upload {
    async fn take(&mut self, part: Field<'_>) -> Result<(), WebError> {
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.map_err(wrong)?;
        match name.as_str() {
            "csrf" => self.csrf = text,
            "mode" => {
                self.full = match text.as_str() {
                    "full" => true,
                    "delta" => false,
                    _ => return Err(WebError::BadRequest),
                }
            }
            // A word that is not known must not carry an import out.
            "then" => {
                (self.dry_run, self.hold) = match text.as_str() {
                    "apply" => (false, false),
                    "dry_run" => (true, false),
                    "hold" => (false, true),
                    _ => return Err(WebError::BadRequest),
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn wrong(error: axum::extract::multipart::MultipartError) -> WebError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        WebError::TooLarge
    } else {
        WebError::BadRequest
    }
}

impl Summary {
    pub(super) fn of(report: ImportReport, page: &Page) -> Self {
        let s = &page.t.staff;
        let (outcome, tone) = match report.outcome.as_str() {
            "applied" if report.rejected > 0 => (s.import_applied, "warn"),
            "applied" => (s.import_applied, "good"),
            "nothing_changed" if report.rejected > 0 => (s.import_nothing_changed, "warn"),
            "nothing_changed" => (s.import_nothing_changed, "good"),
            "dry_run" => (s.import_dry, "warn"),
            "held" => (s.import_held, "warn"),
            "dropped" => (s.import_dropped, "warn"),
            "undone" => (s.import_undone, "warn"),
            "staging" => (s.import_staging, "warn"),
            "interrupted" => (s.import_interrupted, "warn"),
            _ => (s.import_refused, "bad"),
        };
        let (refusal, refusal_lang) = match refusals::refusal(&report, page.t) {
            Some(refusal) => (refusal, page.lang),
            None => (report.refusal, Lang::En),
        };
        Self {
            refusal,
            refusal_lang: refusal_lang.code(),
            remarked: report.remarked,
            received: view::time(report.received_at.as_ref()),
            outcome,
            tone,
            format: [&report.format, &report.charset, &report.delimiter]
                .into_iter()
                .filter(|word| !word.is_empty())
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            unknown: report.unknown_columns.join(", "),
            id: report.import_id,
            outcome_code: report.outcome,
            rows: report.rows,
            added: report.added,
            changed: report.changed,
            unchanged: report.unchanged,
            ended: report.ended,
            rejected: report.rejected,
            left_out: report.rejected_left_out,
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
    let status = form.status();
    let imports = answer
        .imports
        .into_iter()
        .map(|report| Summary::of(report, &page))
        .collect();
    let pull = pull_file::state(&gateway.services, &staff.caller(), &staff.network).await?;
    let pull = pull.map(|pull| PullBox::of(pull, page.t));
    let html = ImportsPage {
        page,
        form,
        imports,
        next: answer.next_page_token,
        pull,
    };
    Ok((status, Html(html.render()?)).into_response())
}
