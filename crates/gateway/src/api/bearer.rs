//! Who calls the staff's part of the interface: a bearer token from `POST /api/v1/session`, or the browser's session. A
//! browser's session may change something only with the header `X-CSRF-Token`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::app::session::{self, Kind, SignedIn};
use crate::domain::area::Area;
use crate::http::cookies::Cookie;
use crate::http::guard::Csrf;
use crate::keys::Hashed;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// An area as a type, so that a handler cannot forget to name one.
pub trait Gate {
    /// The area.
    const AREA: Area;
}

/// A signed-in caller who may enter the area.
#[derive(Debug)]
pub struct Allowed<G>(pub SignedIn, pub std::marker::PhantomData<G>);

macro_rules! gates {
    ($($name:ident => $area:ident),* $(,)?) => {$(
        #[doc = concat!("Those who may enter `", stringify!($area), "`.")]
        #[derive(Debug)]
        pub struct $name;
        impl Gate for $name {
            const AREA: Area = Area::$area;
        }
    )*};
}

gates! {
    Anyone => Home,
    Imports => Imports,
    Accesses => Accesses,
    Orders => Orders,
    Neutrality => Neutrality,
    Contacts => Contacts,
    Providers => Providers,
    ProvidersChange => ProvidersChange,
    Contracts => Contracts,
    ContractsChange => ContractsChange,
    Requests => Requests,
    RequestsDecide => RequestsDecide,
    Holders => Holders,
    Protected => Protected,
    ProtectedDecide => ProtectedDecide,
}

impl<G: Gate + Send> FromRequestParts<Gateway> for Allowed<G> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, WebError> {
        let signed_in = match token(parts) {
            Some(token) => session::find(&gateway.directory, token, Kind::Bearer).await?,
            None => of_browser(parts, gateway).await?,
        };
        let signed_in = signed_in.ok_or(WebError::SignIn)?;
        if !G::AREA.admits(&signed_in.roles) {
            return Err(WebError::Forbidden);
        }
        Ok(Self(signed_in, std::marker::PhantomData))
    }
}

/// The token of the header `Authorization: Bearer …`.
pub fn token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

async fn of_browser(parts: &Parts, gateway: &Gateway) -> Result<Option<SignedIn>, WebError> {
    let Some(token) = Cookie::Session.read(&gateway.settings, &parts.headers) else {
        return Ok(None);
    };
    if !parts.method.is_safe() {
        let given = parts
            .headers
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Csrf(gateway.directory.keys.hash(Hashed::Csrf, token)).check(given)?;
    }
    Ok(session::find(&gateway.directory, token, Kind::Cookie).await?)
}
