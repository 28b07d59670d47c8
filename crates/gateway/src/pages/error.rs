//! Errors as pages in the visitor's language. A handler says what is wrong; the layer around a language's pages renders
//! it. Nothing of the inside is shown: an unexpected error is logged with its chain under a number, and the number shown.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service_kit::error::{self as kit, ErrorKind, ServiceError as _};
use uuid::Uuid;

use super::page::Page;
use crate::app::error::AppError;
use crate::i18n::{Lang, Texts, fill};
use crate::services::{Failure, Part};

/// What is wrong with a request for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebError {
    /// No such page, place, order …
    NotFound,
    /// Signed in, but not for this; or a form of another site.
    Forbidden,
    /// Not signed in.
    SignIn,
    /// Nothing is set up yet.
    SetUp,
    /// The form cannot be read.
    BadRequest,
    /// More than the limit.
    TooLarge,
    /// Too often.
    TooMany,
    /// Not in this state.
    Conflict,
    /// A part does not answer.
    Away(Part),
    /// Unexpected; logged under this number.
    Internal(Uuid),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: &'static str,
    text: String,
    number: String,
}

impl WebError {
    /// Logs the chain of an unexpected error once and keeps its number.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "an error number says nothing, not even when"
        )]
        let number = Uuid::new_v4();
        tracing::error!(error.id = %number, error.chain = kit::chain(error), "page failed");
        Self::Internal(number)
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::SignIn | Self::SetUp => StatusCode::SEE_OTHER,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self, t: &Texts) -> (&'static str, String) {
        let p = &t.public;
        let (title, text) = match self {
            Self::NotFound | Self::SignIn | Self::SetUp => (p.not_found_title, p.not_found_text),
            Self::Forbidden => (p.forbidden_title, p.forbidden_text),
            Self::BadRequest => (p.bad_request_title, p.bad_request_text),
            Self::TooLarge => (p.too_large_title, p.too_large_text),
            Self::TooMany => (p.too_many_title, p.too_many_text),
            Self::Conflict => (p.conflict_title, p.conflict_text),
            Self::Away(part) => return (p.away_title, fill(p.away_text, part_name(*part, t))),
            Self::Internal(_) => (p.internal_title, p.internal_text),
        };
        (title, text.to_owned())
    }

    fn render(&self, lang: Lang) -> Response {
        match self {
            Self::SignIn => return Redirect::to(&format!("/{lang}/staff/login")).into_response(),
            Self::SetUp => return Redirect::to(&format!("/{lang}/setup")).into_response(),
            _ => {}
        }
        let (title, text) = self.words(lang.texts());
        let number = if let Self::Internal(number) = self {
            number.to_string()
        } else {
            String::new()
        };
        let page = ErrorPage {
            page: Page::bare(lang),
            title,
            text,
            number,
        };
        let mut response = (self.status(), Html(page.render().unwrap_or_default())).into_response();
        if matches!(self, Self::TooMany | Self::Away(_)) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// What a person calls a part.
pub fn part_name(part: Part, t: &Texts) -> &'static str {
    match part {
        Part::Registry => t.public.part_registry,
        Part::Orders => t.public.part_orders,
        Part::Crm => t.public.part_crm,
        Part::Rights => t.public.part_rights,
        Part::Gateway => t.public.part_gateway,
    }
}

/// The layer around the pages of a language: renders what handlers and layers inside it refused.
pub async fn render_errors(State(lang): State<Lang>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<WebError>() else {
        return response;
    };
    let mut rendered = error.render(lang);
    // A cookie that was set on the way stays.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        rendered
            .headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    rendered
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Failure> for WebError {
    fn from(failure: Failure) -> Self {
        match kit::kind_of(&failure.status) {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Denied => Self::Forbidden,
            ErrorKind::Invalid => Self::BadRequest,
            ErrorKind::Conflict | ErrorKind::Precondition => Self::Conflict,
            ErrorKind::Exhausted => Self::TooMany,
            ErrorKind::Unavailable => Self::Away(failure.part),
            // A token of ours was refused, or the service failed: nothing that the visitor can mend.
            ErrorKind::Unauthenticated | ErrorKind::Internal => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "an error number says nothing, not even when"
                )]
                let number = Uuid::new_v4();
                let (code, reason) = (failure.status.code(), kit::reason_of(&failure.status));
                let theirs = kit::error_id_of(&failure.status);
                tracing::error!(error.id = %number, peer.service = failure.part.name(), rpc.code = ?code,
                    error.reason = reason, error.peer_id = theirs, "a service failed");
                Self::Internal(number)
            }
        }
    }
}

impl From<AppError> for WebError {
    fn from(error: AppError) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Invalid | ErrorKind::Unauthenticated => Self::BadRequest,
            ErrorKind::Conflict | ErrorKind::Precondition => Self::Conflict,
            ErrorKind::Denied => Self::Forbidden,
            ErrorKind::Exhausted => Self::TooMany,
            ErrorKind::Unavailable => {
                tracing::warn!(error.chain = kit::chain(&error), "own data out of reach");
                Self::Away(Part::Gateway)
            }
            ErrorKind::Internal => Self::internal(&error),
        }
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::internal(&error)
    }
}
