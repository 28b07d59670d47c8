//! A page that says one thing: a link that is not good any more, an answer that was taken.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::error::WebError;
use super::page::Page;

#[derive(Template)]
#[template(path = "public/message.html")]
struct MessagePage {
    page: Page,
    title: &'static str,
    text: &'static str,
}

/// The page with its status.
pub fn say(
    page: Page,
    status: StatusCode,
    title: &'static str,
    text: &'static str,
) -> Result<Response, WebError> {
    let html = MessagePage { page, title, text }.render()?;
    Ok((status, Html(html)).into_response())
}
