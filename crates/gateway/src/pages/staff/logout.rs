//! Signing out: the session ends on the server, not only in the browser.

use axum::extract::{FromRequest, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::session;
use crate::http::cookies::Cookie;
use crate::http::fields::CheckedFields;
use crate::i18n::Lang;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// `POST /{lang}/staff/logout`.
pub async fn sign_out(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, WebError> {
    let lang = request
        .extensions()
        .get::<Lang>()
        .copied()
        .unwrap_or_default();
    let token = Cookie::Session
        .read(&gateway.settings, request.headers())
        .map(str::to_owned);
    CheckedFields::from_request(request, &gateway).await?;
    if let Some(token) = token {
        session::end(&gateway.directory, &token).await?;
    }
    let cookie = Cookie::Session.clear(&gateway.settings);
    Ok((
        [(header::SET_COOKIE, cookie)],
        Redirect::to(&format!("/{lang}/staff/login")),
    )
        .into_response())
}
