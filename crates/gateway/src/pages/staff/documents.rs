//! What a request ends with: the certificate of an erasure with its amendments and the letter's check code, the package
//! of an access request.

use api::rights::{GetCertificateRequest, GetCertificateResponse, GetPackageRequest};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::app::document;
use crate::app::session::SignedIn;
use crate::http::guard::Staff;
use crate::i18n::fill;
use crate::pages::error::WebError;
use crate::pages::page::Page;
use crate::services::{Failure, Part, call};
use crate::state::Gateway;

#[derive(Template)]
#[template(path = "compliance/letter.html")]
struct LetterPage {
    page: Page,
    id: String,
    nonce: String,
    amendments: Vec<String>,
}

/// `GET /{lang}/staff/requests/{id}/certificate`: the signed bytes, as they are.
pub async fn certificate(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let document = ask(&gateway, &staff, &id).await?.document;
    Ok(download(
        "application/json",
        &format!("certificate-{}.json", plain(&id)),
        document,
    ))
}

/// `GET /{lang}/staff/requests/{id}/letter`: what the letter to the person needs besides the certificate.
pub async fn letter(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let answer = ask(&gateway, &staff, &id).await?;
    let name = |number: usize| fill(page.t.compliance.amendments, number);
    let amendments = (1..=answer.amendments.len()).map(name).collect();
    Ok(Html(
        LetterPage {
            page,
            id,
            nonce: answer.commitment_nonce,
            amendments,
        }
        .render()?,
    )
    .into_response())
}

/// `GET /{lang}/staff/requests/{id}/amendments/{number}`, from 1.
pub async fn amendment(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, WebError> {
    let amendments = ask(&gateway, &staff, &id).await?.amendments;
    let index = number.checked_sub(1).ok_or(WebError::NotFound)?;
    let document = amendments
        .into_iter()
        .nth(index)
        .ok_or(WebError::NotFound)?;
    Ok(download(
        "application/json",
        &format!("certificate-{}-amendment-{number}.json", plain(&id)),
        document,
    ))
}

async fn ask(
    gateway: &Gateway,
    staff: &SignedIn,
    id: &str,
) -> Result<GetCertificateResponse, Failure> {
    let request = GetCertificateRequest {
        network: staff.network.to_string(),
        request_id: id.to_owned(),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .get_certificate(call(request))
        .await;
    Ok(answer.map_err(Part::Rights.failed())?.into_inner())
}

/// `GET /{lang}/staff/requests/{id}/package/{format}`.
pub async fn package(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path((request_id, format)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let kind = match format.as_str() {
        "json" => "application/json",
        "html" => "text/html; charset=utf-8",
        _ => return Err(WebError::NotFound),
    };
    let name = format!("package-{}.{format}", plain(&request_id));
    let request = GetPackageRequest {
        network: staff.network.to_string(),
        request_id,
        format,
        purpose: "subject_access".to_owned(),
    };
    let bytes = document::package(&gateway.services, &staff.caller(), request).await?;
    Ok(download(kind, &name, bytes))
}

/// As an attachment: a package is not a page of ours, whatever it holds.
fn download(kind: &'static str, name: &str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        body,
    )
        .into_response()
}

/// A request's id in a file name: what is not a UUID's character is left out.
fn plain(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_hexdigit() || *c == '-')
        .take(36)
        .collect()
}
