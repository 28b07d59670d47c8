//! OAuth 2.0 client credentials (RFC 6749 §4.4) for providers' systems: a token for the orders service or the registry, five minutes.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service_kit::caller::Caller;
use utoipa::ToSchema;

use crate::app::error::AppError;
use crate::app::provider_token;
use crate::http::basic::{CHALLENGE, basic};
use crate::http::fields::Fields;
use crate::limits;
use crate::pages::error::WebError;
use crate::services::Part;
use crate::state::Gateway;

/// A token (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// For `authorization: Bearer` in gRPC metadata.
    pub access_token: String,
    /// "Bearer".
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Serialize, ToSchema)]
pub struct TokenError {
    /// "invalid_client", "unsupported_grant_type" …
    pub error: &'static str,
}

/// What a client sends as a form.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "for the OpenAPI document; the fields are read by name"
)]
pub struct TokenRequest {
    /// "client_credentials".
    pub grant_type: String,
    /// Instead of HTTP Basic.
    pub client_id: Option<String>,
    /// Instead of HTTP Basic.
    pub client_secret: Option<String>,
    /// The service that the token is for: "orders", which it is when nothing is said, or "registry".
    pub audience: Option<String>,
}

/// Gives a provider's system a token.
#[utoipa::path(post, path = "/oauth2/token", tag = "oauth2",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Token), (status = 400, body = TokenError), (status = 401, body = TokenError)))]
pub async fn token(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    if fields.text("grant_type") != "client_credentials" {
        return Ok(refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    let Some(part) = part_of(&fields.text("audience")) else {
        return Ok(refused(StatusCode::BAD_REQUEST, "invalid_target"));
    };
    let given =
        basic(&headers).unwrap_or_else(|| (fields.text("client_id"), fields.text("client_secret")));
    match provider_token::authenticate(&gateway.directory, &given.0, &given.1).await {
        Ok(caller) => Ok(granted(&gateway, &caller, part)),
        Err(AppError::WrongCredentials) => Ok(refused(StatusCode::UNAUTHORIZED, "invalid_client")),
        Err(error) => Err(error.into()),
    }
}

/// The services that listen to providers' systems (RFC 8707 §2 for the refusal of others).
fn part_of(audience: &str) -> Option<Part> {
    match audience {
        "" => Some(Part::Orders),
        named => [Part::Orders, Part::Registry]
            .into_iter()
            .find(|part| part.name() == named),
    }
}

fn granted(gateway: &Gateway, caller: &Caller, part: Part) -> Response {
    let access_token = gateway.services.provider_token(caller, part);
    let expires_in = limits::token().as_secs();
    let mut response = Json(Token {
        access_token,
        token_type: "Bearer",
        expires_in,
    })
    .into_response();
    response
        .headers_mut()
        .insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn refused(status: StatusCode, error: &'static str) -> Response {
    let mut response = (status, Json(TokenError { error })).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(CHALLENGE);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
