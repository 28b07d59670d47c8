//! What was sent, by address and body, as parameters.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{Method, StatusCode, header};
use url::form_urlencoded;

use super::answer::Answer;
use super::params::Params;
use super::refusals::bad;
use crate::pages::error::WebError;
use crate::state::Gateway;

/// The parameters of the address and of the body.
pub async fn params(request: Request, gateway: &Gateway) -> Result<Params, Answer> {
    let refused = |error: WebError| Answer::of_error(Answer::NO_METHOD, &error);
    if !matches!(*request.method(), Method::GET | Method::POST) {
        let text = "Only GET and POST are served";
        return Err(Answer::failed(
            StatusCode::METHOD_NOT_ALLOWED,
            Answer::NO_METHOD,
            text,
        ));
    }
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // What curl makes of an array of PHP.
    if kind.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, gateway).await;
        let form = form.map_err(|_| refused(WebError::BadRequest))?;
        pairs.extend(parts(form).await.map_err(refused)?);
    } else {
        let body = Bytes::from_request(request, gateway)
            .await
            .map_err(|rejection| {
                refused(if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    WebError::TooLarge
                } else {
                    WebError::BadRequest
                })
            })?;
        pairs.extend(form_urlencoded::parse(&body).into_owned());
    }
    Params::of(pairs).map_err(|unreadable| {
        bad(
            Answer::NO_METHOD,
            format!("The request can not be read: {unreadable}"),
        )
    })
}

async fn parts(mut form: Multipart) -> Result<Vec<(String, String)>, WebError> {
    let failed = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            WebError::TooLarge
        } else {
            WebError::BadRequest
        }
    };
    let mut pairs = Vec::new();
    while let Some(part) = form.next_field().await.map_err(failed)? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.bytes().await.map_err(failed)?;
        // What is no UTF-8 is refused with its post, which names the field.
        pairs.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    Ok(pairs)
}
