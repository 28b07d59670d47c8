//! One import: its report, what it would do while it is held, the decision, the rejected rows.

use api::registry::{AccessSample, PreviewImportResponse, RejectedRow};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::imports::Summary;
use crate::app::decide_import::{self, Decision};
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::{Lang, rejections};
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

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
#[template(path = "staff/import.html")]
struct ImportPage {
    page: Page,
    i: Summary,
    rejections: Vec<Rejection>,
    /// On rows that were taken.
    remarks: Vec<Rejection>,
    /// It waits for a decision.
    held: bool,
    /// It came in so far and no further, and can be forgotten.
    interrupted: bool,
    held_until: String,
    undo_until: String,
    /// So many would end, which must be confirmed; 0: nothing must.
    confirm: u64,
    samples: Vec<AccessSample>,
}

/// `GET /{lang}/staff/imports/{id}`.
pub async fn page(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let (services, caller) = (&gateway.services, staff.caller());
    let report = decide_import::report(services, &caller, &staff.network, &id).await?;
    let mut report = report.ok_or(WebError::NotFound)?;
    let held = report.outcome == "held";
    let mut preview = PreviewImportResponse::default();
    if held {
        preview = decide_import::preview(services, &caller, &staff.network, &id).await?;
        report = preview.report.take().unwrap_or(report);
    }
    let html = ImportPage {
        held,
        interrupted: report.outcome == "interrupted",
        held_until: view::time(report.held_until.as_ref()),
        undo_until: view::time(report.undo_until.as_ref()),
        confirm: if preview.needs_confirmation {
            report.ended
        } else {
            0
        },
        samples: preview.samples,
        rejections: Rejection::all(&report.rejections, &page),
        remarks: Rejection::all(&report.remarks, &page),
        i: Summary::of(report, &page),
        page,
    };
    Ok(Html(html.render()?).into_response())
}

impl Rejection {
    fn all(rows: &[RejectedRow], page: &Page) -> Vec<Self> {
        rows.iter().map(|row| Self::of(row, page)).collect()
    }

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

/// `POST /{lang}/staff/imports/{id}/decision`.
pub async fn decide(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let decision = match fields.text("decision").as_str() {
        "apply" => Decision::Apply {
            confirmed_ending: fields.text("confirmed_ending").parse().unwrap_or(0),
        },
        "undo" => Decision::Undo,
        "drop" => Decision::Drop,
        _ => return Err(WebError::BadRequest),
    };
    let caller = staff.caller();
    decide_import::decide(&gateway.services, &caller, &staff.network, &id, decision).await?;
    Ok(Redirect::to(&format!("/{}/staff/imports/{id}", page.lang)).into_response())
}

/// `GET /{lang}/staff/imports/{id}/rejected`.
pub async fn rejected(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let caller = staff.caller();
    let file = decide_import::rejected(&gateway.services, &caller, &staff.network, &id)
        .await?
        .ok_or(WebError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rejected.csv\"",
        ),
    ];
    Ok((headers, file.body).into_response())
}
