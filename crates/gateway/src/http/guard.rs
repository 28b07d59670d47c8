//! Who may enter a part of the staff pages. A handler gets its [`Staff`] from here and from nowhere else, so that a page
//! that was put outside the guard cannot work by accident.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use super::cookies::Cookie;
use crate::app::session::{self, Kind, SignedIn};
use crate::domain::area::Area;
use crate::keys::{Hashed, random_text};
use crate::pages::error::WebError;
use crate::state::Gateway;

/// The signed-in member of staff.
#[derive(Clone, Debug)]
pub struct Staff(pub SignedIn);

/// The token that a form of this session, or of this visit, must carry.
#[derive(Clone, Debug)]
pub struct Csrf(pub String);

/// The layer before the pages of an area: sign-in, then role, default deny.
pub async fn staff(
    State((gateway, area)): State<(Gateway, Area)>,
    mut request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let token = Cookie::Session
        .read(&gateway.settings, request.headers())
        .ok_or(WebError::SignIn)?;
    let csrf = Csrf(gateway.directory.keys.hash(Hashed::Csrf, token));
    let signed_in = session::find(&gateway.directory, token, Kind::Cookie)
        .await?
        .ok_or(WebError::SignIn)?;
    if !area.admits(&signed_in.roles) {
        return Err(WebError::Forbidden);
    }
    request.extensions_mut().insert(csrf);
    request.extensions_mut().insert(Staff(signed_in));
    Ok(next.run(request).await)
}

/// The layer before sign-in, invitation and set-up: their forms have a token too, of the visit.
pub async fn visit(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let known = Cookie::Visit
        .read(&gateway.settings, request.headers())
        .filter(|v| v.len() == 43)
        .map(str::to_owned);
    let visit = known.clone().unwrap_or_else(random_text);
    request
        .extensions_mut()
        .insert(Csrf(gateway.directory.keys.hash(Hashed::Csrf, &visit)));
    let mut response = next.run(request).await;
    if known.is_none() {
        response.headers_mut().append(
            header::SET_COOKIE,
            Cookie::Visit.set(&gateway.settings, &visit),
        );
    }
    response
}

impl FromRequestParts<Gateway> for Staff {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _gateway: &Gateway) -> Result<Self, WebError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(WebError::Forbidden)
    }
}

impl FromRequestParts<Gateway> for Csrf {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _gateway: &Gateway) -> Result<Self, WebError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(WebError::Forbidden)
    }
}
