//! What visitors are told about personal data.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::i18n::fill;
use crate::pages::error::WebError;
use crate::pages::page::{Page, Visit};

#[derive(Template)]
#[template(path = "public/privacy.html")]
struct PrivacyPage {
    page: Page,
    who: String,
}

/// `GET /{lang}/privacy`.
pub async fn page(visit: Visit) -> Result<Response, WebError> {
    let who = fill(visit.page.t.public.privacy_who_text, &visit.network.name);
    Ok(Html(
        PrivacyPage {
            page: visit.page,
            who,
        }
        .render()?,
    )
    .into_response())
}
