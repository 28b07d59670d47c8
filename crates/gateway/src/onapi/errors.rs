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

const VERSION_CHANGED: &str = "The order has been changed meanwhile";

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

    /// What was sent breaks a rule. The cause says which, and repeats nothing that may name somebody.
    pub fn bad(cause: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, cause)
    }

    /// The orders service has said what its contract does not allow, or nothing.
    pub fn unavailable_orders() -> Self {
        WebError::Away(Part::Orders).into()
    }

    /// More than one answer may have; ON-API has no pages.
    pub fn too_long() -> Self {
        let cause = "The list is longer than one answer may be: ask for an access, or for changes";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, cause)
    }

    /// Whether somebody else has changed the object meanwhile.
    pub fn is_conflict_of_versions(&self) -> bool {
        self.status == StatusCode::CONFLICT && self.cause == VERSION_CHANGED
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

/// An endpoint that there is, but with another method.
pub async fn wrong_method() -> Refusal {
    let cause = "The method is not served here";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, cause)
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
            // While it was read: who comes again is told under what holds now.
            Some("CONTRACT_CHANGED") => Self::unavailable(),
            Some(reason) => match of_order(reason, &failure.status) {
                Some(refusal) => refusal,
                None => WebError::from(failure).into(),
            },
            None => WebError::from(failure).into(),
        }
    }
}

/// What the orders service refused of a technical order (on-api.md §1.3, creation outcomes).
fn of_order(reason: &str, status: &tonic::Status) -> Option<Refusal> {
    let conflict = |cause: &'static str| Refusal::new(StatusCode::CONFLICT, cause);
    let said = || status.message().to_owned();
    Some(match reason {
        "REQUEST_INVALID" => {
            let broken = kit::violations_of(status).into_iter();
            let rules: Vec<_> = broken
                .map(|broken| format!("{}: {}", broken.field, broken.rule))
                .collect();
            Refusal::bad(rules.join("; "))
        }
        "ACCESS_UNKNOWN" | "SERVICE_UNKNOWN" | "CAPACITY_EXCEEDED" => Refusal::bad(said()),
        "SUBSCRIPTION_NOT_FOUND" => Refusal::bad("Unknown subscriptionId"),
        "TECHNICAL_ORDER_NOT_FOUND" => Refusal::not_found(),
        "SERVICE_TYPE_ACTIVE" | "SERVICE_TYPE_CLAIMED" => {
            Refusal::new(StatusCode::CONFLICT, said())
        }
        "SUBSCRIPTION_ENDED" => conflict("The subscription has ended"),
        "TECHNICAL_ORDER_NOT_RECEIVED" => {
            conflict("The order is not in the state RECEIVED any more")
        }
        "VERSION_CHANGED" => conflict(VERSION_CHANGED),
        "CUSTOMER_ERASED" => conflict("What the order was about has been erased"),
        _ => return None,
    })
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
