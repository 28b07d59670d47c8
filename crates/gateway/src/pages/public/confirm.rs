//! The link in a confirmation mail. GET changes nothing: mail scanners open links. One button says yes, one says no.

use api::crm::{ConfirmContactRequest, DeclineContactRequest, PeekConfirmationRequest};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::http::fields::Fields;
use crate::i18n::fill;
use crate::pages::error::WebError;
use crate::pages::message;
use crate::pages::page::{Page, Visit};
use crate::services::{Part, call};
use crate::state::{Gateway, visitor};

#[derive(Template)]
#[template(path = "public/confirm.html")]
struct ConfirmPage {
    page: Page,
    lead: String,
    consent: String,
    token: String,
}

/// `GET /{lang}/confirm/{token}`.
pub async fn page(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let request = PeekConfirmationRequest {
        token: token.clone(),
    };
    let peeked = gateway
        .services
        .crm(&visitor(&visit.network.code))
        .peek_confirmation(call(request))
        .await;
    let peeked = match peeked.map_err(|status| WebError::from(Part::Crm.failed()(status))) {
        Ok(peeked) => peeked.into_inner(),
        Err(WebError::NotFound | WebError::BadRequest) => return said(visit.page, "gone"),
        Err(error) => return Err(error),
    };
    if peeked.state != "open" {
        let outcome = if peeked.state == "confirmed" {
            "already_confirmed"
        } else {
            "gone"
        };
        return said(visit.page, outcome);
    }
    let lead = fill(visit.page.t.public.confirm_lead, &visit.network.name);
    Ok(Html(
        ConfirmPage {
            page: visit.page,
            lead,
            consent: peeked.consent_text,
            token,
        }
        .render()?,
    )
    .into_response())
}

/// `POST /{lang}/confirm/{token}`.
pub async fn answer(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let mut crm = gateway.services.crm(&visitor(&visit.network.code));
    let outcome = match fields.text("answer").as_str() {
        "yes" => crm
            .confirm_contact(call(ConfirmContactRequest { token }))
            .await
            .map(|a| a.into_inner().outcome),
        "no" => crm
            .decline_contact(call(DeclineContactRequest { token }))
            .await
            .map(|a| a.into_inner().outcome),
        _ => return Err(WebError::BadRequest),
    };
    match outcome.map_err(|status| WebError::from(Part::Crm.failed()(status))) {
        Ok(outcome) => said(visit.page, &outcome),
        Err(WebError::NotFound | WebError::BadRequest) => said(visit.page, "gone"),
        Err(error) => Err(error),
    }
}

fn said(page: Page, outcome: &str) -> Result<Response, WebError> {
    let t = &page.t.public;
    let (status, text) = match outcome {
        "confirmed" => (StatusCode::OK, t.confirm_done),
        "already_confirmed" => (StatusCode::OK, t.confirm_already),
        "deleted" => (StatusCode::OK, t.confirm_deleted),
        _ => (StatusCode::GONE, t.confirm_gone),
    };
    let title = t.confirm_title;
    message::say(page, status, title, text)
}
