//! Errors as problem details (RFC 9457). `type` names an entry of docs/errors.md by its stable code; `code` is that code
//! alone; all violations are listed.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::Violation;
use serde::Serialize;
use service_kit::error::{self as kit, ServiceError as _};
use utoipa::ToSchema;

use crate::app::error::AppError;
use crate::pages::error::WebError;
use crate::services::{Failure, Part};

/// A problem (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// URI of the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, the same for every problem of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What about this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Stable code for programs.
    pub code: String,
    /// Number of the log entry, for unexpected errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// Fields that break rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<FieldProblem>,
}

/// One field that breaks a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field, as the request spells it.
    pub field: String,
    /// What would have been right.
    pub rule: String,
}

impl Problem {
    /// A problem of a status and a stable code.
    pub fn new(status: StatusCode, code: &str, detail: &str) -> Self {
        Self {
            kind: format!("urn:uttag:error:{}", code.to_lowercase().replace('_', "-")),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            code: code.to_owned(),
            error_id: None,
            violations: Vec::new(),
        }
    }

    /// No such resource.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "there is no such resource",
        )
    }

    /// Fields that break rules.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "INVALID", "fields break rules");
        problem.violations = violations
            .into_iter()
            .map(|v| FieldProblem {
                field: v.field,
                rule: v.rule,
            })
            .collect();
        problem
    }

    /// One field that breaks a rule.
    pub fn field(field: &str, rule: &str) -> Self {
        Self::invalid(vec![Violation::new(field, "", rule)])
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "a valid session token is required",
        )
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"uttag\""),
            );
        }
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let violations = kit::violations_of(&failure.status);
        let reason = kit::reason_of(&failure.status);
        let told = failure.status.message().to_owned();
        let web = WebError::from(failure);
        let mut problem = Self::from(web.clone());
        // What a service says of a mistake of the caller is for the caller; what failed inside is not.
        if !matches!(web, WebError::Internal(_) | WebError::Away(_)) {
            problem.detail = told;
            if let Some(reason) = reason {
                let named = Self::new(problem.status(), &reason, "");
                (problem.kind, problem.code) = (named.kind, named.code);
            }
            problem.violations = Self::invalid(violations).violations;
        }
        problem
    }
}

impl From<WebError> for Problem {
    fn from(error: WebError) -> Self {
        let of = |code: &str, detail: &str| Self::new(error.status(), code, detail);
        match &error {
            WebError::NotFound => Self::not_found(),
            WebError::SignIn => Self::unauthenticated(),
            WebError::SetUp => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "NOT_SET_UP",
                "no network is set up yet",
            ),
            WebError::Forbidden => of("FORBIDDEN", "the role gives no access"),
            WebError::BadRequest => of("BAD_REQUEST", "the request cannot be read"),
            WebError::TooLarge => of("TOO_LARGE", "the body is larger than allowed"),
            WebError::TooMany => of("TOO_MANY_REQUESTS", "too many requests from this address"),
            WebError::Conflict => of("CONFLICT", "this cannot be done in the present state"),
            WebError::Away(Part::Gateway) => {
                of("UNAVAILABLE", "the gateway cannot serve at the moment")
            }
            WebError::Away(part) => of(
                "UNAVAILABLE",
                &format!("the part {} does not answer", part.name()),
            ),
            WebError::Internal(number) => {
                let mut problem = of("INTERNAL", "an unexpected error; it has been logged");
                problem.error_id = Some(number.to_string());
                problem
            }
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(violations) => Self::invalid(violations),
            AppError::WrongCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "WRONG_CREDENTIALS",
                "the credentials are not right",
            ),
            AppError::Conflict(reason) => Self::new(StatusCode::CONFLICT, reason, ""),
            other => {
                debug_assert_ne!(other.reason(), "INVALID");
                Self::from(WebError::from(other))
            }
        }
    }
}

/// The layer around the interface: what layers and extractors refused becomes a problem.
pub async fn render_errors(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<WebError>() {
        Some(error) => Problem::from(error).into_response(),
        None => plain_text_to_problem(response),
    }
}

/// The framework refuses bodies and methods in plain text; here everything that is refused is a problem.
fn plain_text_to_problem(response: Response) -> Response {
    let status = response.status();
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match status {
        StatusCode::METHOD_NOT_ALLOWED if is_text => {
            let allow = response.headers().get(header::ALLOW).cloned();
            let mut problem = Problem::new(status, "METHOD_NOT_ALLOWED", "").into_response();
            if let Some(allow) = allow {
                problem.headers_mut().insert(header::ALLOW, allow);
            }
            problem
        }
        StatusCode::PAYLOAD_TOO_LARGE if is_text => {
            Problem::from(WebError::TooLarge).into_response()
        }
        _ if status.is_client_error() && is_text => {
            Problem::new(status, "BAD_REQUEST", "the request cannot be read").into_response()
        }
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, StatusCode};

    #[test]
    fn a_code_becomes_a_stable_uri() {
        let problem = Problem::new(StatusCode::CONFLICT, "EMAIL_TAKEN", "");
        assert_eq!(problem.kind, "urn:uttag:error:email-taken");
        assert_eq!(problem.title, "Conflict");
    }
}
