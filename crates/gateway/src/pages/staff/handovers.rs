//! Orders that are handed over to providers' systems, and deciding of those that somebody must see to.

use api::orders::{Handover, HandoverState};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::webhook_deliveries::failure;
use crate::app::systems::{self, Decision};
use crate::http::fields::CheckedFields;
use crate::http::guard::Staff;
use crate::i18n::Texts;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::pages::view;
use crate::state::Gateway;

/// Which handovers.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct HandoverQuery {
    #[serde(default)]
    all: bool,
    #[serde(default)]
    page: String,
    #[serde(default)]
    decided: bool,
}

struct Row {
    id: String,
    provider: String,
    order: String,
    kind: &'static str,
    state: &'static str,
    tone: &'static str,
    number: i32,
    needs_staff: bool,
    attempts: u32,
    answer: String,
    begun: String,
    next_attempt: String,
}

#[derive(Template)]
#[template(path = "staff/handovers.html")]
struct HandoversPage {
    page: Page,
    handovers: Vec<Row>,
    all: bool,
    next: String,
    decided: bool,
}

/// `GET /{lang}/staff/handovers`: those that somebody must see to, or all.
pub async fn list(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Query(query): Query<HandoverQuery>,
) -> Result<Response, WebError> {
    let found = systems::handovers(&gateway.services, &staff, !query.all, query.page).await?;
    let rows = found.handovers.iter().map(|one| row(one, page.t));
    let html = HandoversPage {
        handovers: rows.collect(),
        all: query.all,
        next: found.next_page_token,
        decided: query.decided,
        page,
    };
    Ok(Html(html.render()?).into_response())
}

/// `POST /{lang}/staff/handovers/resend`: sends one again.
pub async fn resend(
    state: State<Gateway>,
    staff: Staff,
    page: Page,
    fields: CheckedFields,
) -> Result<Response, WebError> {
    decide(state, staff, page, fields, Decision::Resend).await
}

/// `POST /{lang}/staff/handovers/confirm`: says that the provider has it.
pub async fn confirm(
    state: State<Gateway>,
    staff: Staff,
    page: Page,
    fields: CheckedFields,
) -> Result<Response, WebError> {
    decide(state, staff, page, fields, Decision::Confirm).await
}

async fn decide(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    CheckedFields(fields): CheckedFields,
    decision: Decision,
) -> Result<Response, WebError> {
    let seen = fields.text("state").parse().ok();
    let seen = seen.and_then(|number: i32| HandoverState::try_from(number).ok());
    let seen = seen.ok_or(WebError::BadRequest)?;
    let id = fields.text("handover_id");
    systems::decide(&gateway.services, &staff, decision, id, seen).await?;
    let target = format!("/{}/staff/handovers?decided=true", page.lang);
    Ok(Redirect::to(&target).into_response())
}

fn row(handover: &Handover, t: &Texts) -> Row {
    let tone = tone_of(handover.state());
    let why = match handover.last_failure.as_str() {
        "" => String::new(),
        word => failure(word, t),
    };
    let answer = match handover.last_status {
        0 => why,
        status => format!("{status} {why}").trim_end().to_owned(),
    };
    Row {
        id: handover.handover_id.clone(),
        provider: handover.provider_id.clone(),
        order: handover.order_id.clone(),
        kind: match handover.kind.as_str() {
            "order" => t.systems.kind_order,
            _ => t.systems.kind_notice,
        },
        state: view::handover_state(handover.state(), t),
        tone,
        number: handover.state,
        needs_staff: tone == BAD,
        attempts: handover.attempts,
        answer,
        begun: view::time(handover.begun_at.as_ref()),
        next_attempt: view::time(handover.next_attempt_at.as_ref()),
    }
}

/// The tone of what somebody must see to.
const BAD: &str = "bad";

fn tone_of(state: HandoverState) -> &'static str {
    match state {
        HandoverState::Waiting | HandoverState::Sending => "warn",
        HandoverState::Confirmed => "good",
        HandoverState::Refused | HandoverState::Uncertain | HandoverState::GivenUp => BAD,
        HandoverState::Rejected | HandoverState::Superseded | HandoverState::Unspecified => "",
    }
}
