//! Every error is `{"cause": "text (number)"}` (on-api.md §1.1). The number stands in the log.

use std::borrow::Cow;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service_kit::error as kit;
use uuid::Uuid;

use crate::http::basic::CHALLENGE;
use crate::pages::error::WebError;
use crate::services::{Failure, Part};

/// Seconds after which it may go better.
const RETRY_AFTER: &str = "30";

/// Why a request is refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    cause: Cow<'static, str>,
    /// The number under which more is logged already, if it is.
    number: Option<Uuid>,
}

impl Refusal {
    fn new(status: StatusCode, cause: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            cause: cause.into(),
            number: None,
        }
    }

    /// No credential, or none of ours. One text for all, so that nothing can be learned from it.
    pub fn unauthenticated() -> Self {
        let cause = "A valid credential is required (HTTP Basic)";
        Self::new(StatusCode::UNAUTHORIZED, cause)
    }

    /// No such object on an endpoint that there is.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such object")
    }

    /// Nothing at all in a list that must have something.
    pub fn nothing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There are no accesses")
    }

    /// An endpoint or a version that there is not.
    pub fn unknown_endpoint() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "There is no such endpoint")
    }

    /// Not now.
    pub fn unavailable() -> Self {
        WebError::Away(Part::Registry).into()
    }

    /// Too often, or too much at once.
    pub fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
    }
}

/// What is not served, whatever the method.
pub async fn unknown_endpoint() -> Refusal {
    Refusal::unknown_endpoint()
}

/// An endpoint that there is, but with another method: only `GET` and `HEAD` are served so far.
pub async fn wrong_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This endpoint is only read")
}

/// The layer: what other layers refused in the pages' way is said in ON-API's.
pub async fn render(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<WebError>() {
        Some(error) => Refusal::from(error).into_response(),
        None => response,
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match kit::reason_of(&failure.status).as_deref() {
            Some("CONTRACT_MISSING") => Self::new(
                StatusCode::FORBIDDEN,
                "There is no contract with this network today",
            ),
            Some("INTERFACE_NOT_AGREED") => Self::new(
                StatusCode::FORBIDDEN,
                "ON-API is not part of the contract with this network",
            ),
            _ => WebError::from(failure).into(),
        }
    }
}

impl From<WebError> for Refusal {
    fn from(error: WebError) -> Self {
        let of = |cause: &'static str| Self::new(error.status(), cause);
        match &error {
            WebError::NotFound => Self::not_found(),
            WebError::Forbidden => of("This is not allowed"),
            WebError::TooMany => Self::too_many(),
            WebError::BadRequest => of("The request cannot be read"),
            WebError::TooLarge => of("The body is larger than allowed"),
            WebError::Conflict => of("This cannot be done in the present state"),
            WebError::Away(Part::Gateway) => of("Not available now, try again"),
            WebError::Away(part) => Self::new(
                error.status(),
                format!("The part {} does not answer, try again", part.name()),
            ),
            WebError::SignIn => Self::unauthenticated(),
            WebError::SetUp => Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not set up yet"),
            WebError::Internal(number) => Self {
                number: Some(*number),
                ..of("An unexpected error; it has been logged")
            },
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let number = self.number.unwrap_or_else(|| noted(&self));
        let cause = format!("{} ({number})", self.cause);
        let mut response = (self.status, Json(json!({ "cause": cause }))).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static(CHALLENGE),
                );
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
            }
            _ => {}
        }
        response
    }
}

/// Logs a refusal under a number of its own.
fn noted(refusal: &Refusal) -> Uuid {
    #[expect(
        clippy::disallowed_methods,
        reason = "an error number says nothing, not even when"
    )]
    let number = Uuid::new_v4();
    tracing::info!(error.id = %number, http.status = refusal.status.as_u16(), error.cause = %refusal.cause,
        "ON-API request refused");
    number
}
