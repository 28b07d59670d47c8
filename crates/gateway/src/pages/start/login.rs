//! Signing in.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::app::error::AppError;
use crate::app::session::Kind;
use crate::app::sign_in::{self, Credentials};
use crate::http::cookies::Cookie;
use crate::http::fields::CheckedFields;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "start/login.html")]
struct LoginPage {
    page: Page,
    form: Form,
    notice: &'static str,
    bad: bool,
}

/// `GET /{lang}/staff/login`.
pub async fn page(page: Page) -> Result<Response, WebError> {
    show(page, StatusCode::OK, "", false)
}

/// `POST /{lang}/staff/login`.
pub async fn sign_in(
    State(gateway): State<Gateway>,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let given = Credentials {
        user: fields.text("user"),
        password: fields.secret("password"),
        code: fields.text("totp"),
    };
    match sign_in::sign_in(&gateway.directory, given, Kind::Cookie).await {
        Ok(session) => {
            let cookie = Cookie::Session.set(&gateway.settings, &session);
            Ok((
                [(header::SET_COOKIE, cookie)],
                Redirect::to(&format!("/{}/staff", page.lang)),
            )
                .into_response())
        }
        Err(AppError::WrongCredentials) => {
            let notice = page.t.staff.login_wrong;
            show(page, StatusCode::UNAUTHORIZED, notice, true)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    page: Page,
    status: StatusCode,
    notice: &'static str,
    bad: bool,
) -> Result<Response, WebError> {
    let html = LoginPage {
        page,
        form: Form::default(),
        notice,
        bad,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}
