//! An invitation: choosing a password.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::enrol;
use crate::app::accept_invitation;
use crate::app::error::AppError;
use crate::http::fields::CheckedFields;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::message;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "start/invitation.html")]
struct InvitationPage {
    page: Page,
    form: Form,
    token: String,
}

/// `GET /{lang}/staff/invitation/{token}`; spends nothing.
pub async fn page(
    State(gateway): State<Gateway>,
    page: Page,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    if !accept_invitation::is_open(&gateway.directory, &token).await? {
        return gone(page);
    }
    Ok(Html(
        InvitationPage {
            page,
            form: Form::default(),
            token,
        }
        .render()?,
    )
    .into_response())
}

/// `POST /{lang}/staff/invitation/{token}`.
pub async fn begin(
    State(gateway): State<Gateway>,
    page: Page,
    Path(token): Path<String>,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    match accept_invitation::begin(&gateway.directory, &token, fields.secret("password")).await {
        Ok(enrolment) => enrol::show(&gateway, page, &enrolment, Form::default()),
        Err(AppError::NotFound) => gone(page),
        Err(AppError::Invalid(violations)) => {
            let mut form = Form::default();
            form.refuse_all(page.t, &violations);
            let html = InvitationPage { page, form, token }.render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn gone(page: Page) -> Result<Response, WebError> {
    let (title, text) = (page.t.staff.invite_title, page.t.staff.invite_gone);
    message::say(page, StatusCode::GONE, title, text)
}
