//! Staff sign in over REST: e-mail, password and code against a bearer token; DELETE ends it.

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bearer::{self, Allowed, Anyone};
use super::problem::Problem;
use crate::app::session::{self, Kind};
use crate::app::sign_in::{self, Credentials};
use crate::limits;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// E-mail.
    pub user: String,
    /// Password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Code of the authenticator app.
    pub totp: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// "Bearer".
    pub token_type: &'static str,
    /// Seconds to its end at the latest; half an hour of silence ends it too.
    pub expires_in: i64,
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 201, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub async fn open(
    State(gateway): State<Gateway>,
    Json(given): Json<SignIn>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    let given = Credentials {
        user: given.user,
        password: given.password,
        code: given.totp,
    };
    let token = sign_in::sign_in(&gateway.directory, given, Kind::Bearer).await?;
    let expires_in = limits::session_absolute().num_seconds();
    Ok((
        StatusCode::CREATED,
        Json(Session {
            token,
            token_type: "Bearer",
            expires_in,
        }),
    ))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", security(("session" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
pub async fn close(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (mut parts, _) = request.into_parts();
    Allowed::<Anyone>::from_request_parts(&mut parts, &gateway).await?;
    let token = bearer::token(&parts).ok_or(WebError::BadRequest)?;
    session::end(&gateway.directory, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
