//! The last step of an account: the code that proves that the authenticator app works.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::app::enrol::{self, Enrolment, Goal};
use crate::app::error::AppError;
use crate::app::totp;
use crate::http::cookies::Cookie;
use crate::http::fields::CheckedFields;
use crate::pages::error::WebError;
use crate::pages::form::Form;
use crate::pages::page::Page;
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "start/enrol.html")]
struct EnrolPage {
    page: Page,
    form: Form,
    picture: String,
    secret: String,
    enrolment: String,
}

/// The page with the picture; shown as the answer to what came before, since nothing is stored yet.
pub fn show(
    gateway: &Gateway,
    page: Page,
    enrolment: &Enrolment,
    form: Form,
) -> Result<Response, WebError> {
    let status = form.status();
    let html = EnrolPage {
        page,
        form,
        picture: totp::picture(&enrolment.totp_secret, &enrolment.account)?,
        secret: enrolment.totp_secret.clone(),
        enrolment: enrolment.seal(&gateway.directory),
    };
    Ok((status, Html(html.render()?)).into_response())
}

/// `POST /{lang}/staff/enrol`.
pub async fn finish(
    State(gateway): State<Gateway>,
    page: Page,
    CheckedFields(fields): CheckedFields,
) -> Result<Response, WebError> {
    let sealed = fields.text("enrolment");
    let open = || Enrolment::open(&gateway.directory, &sealed).ok_or(WebError::BadRequest);
    let enrolment = open()?;
    let first = matches!(enrolment.goal, Goal::First(_));
    match enrol::finish(&gateway.directory, enrolment, &fields.text("totp")).await {
        Ok(session) => {
            if first {
                gateway.setup.spend();
            }
            let cookie = Cookie::Session.set(&gateway.settings, &session);
            let to = Redirect::to(&format!("/{}/staff", page.lang));
            Ok(([(header::SET_COOKIE, cookie)], to).into_response())
        }
        Err(AppError::WrongCredentials) => {
            let mut form = Form::default();
            form.refuse("totp", page.t.staff.enrol_wrong_code);
            show(&gateway, page, &open()?, form)
        }
        Err(error) => Err(error.into()),
    }
}
