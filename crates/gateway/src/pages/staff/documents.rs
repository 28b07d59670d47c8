//! What a request ends with: the certificate of an erasure, the package of an access request.

use api::rights::{GetCertificateRequest, GetPackageRequest};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::document;
use crate::http::guard::Staff;
use crate::pages::error::WebError;
use crate::services::{Part, call};
use crate::state::Gateway;

/// `GET /{lang}/staff/requests/{id}/certificate`: the signed bytes, as they are.
pub async fn certificate(
    State(gateway): State<Gateway>,
    Staff(staff): Staff,
    Path(request_id): Path<String>,
) -> Result<Response, WebError> {
    let request = GetCertificateRequest {
        network: staff.network.to_string(),
        request_id: request_id.clone(),
    };
    let answer = gateway
        .services
        .rights(&staff.caller())
        .get_certificate(call(request))
        .await;
    let document = answer.map_err(Part::Rights.failed())?.into_inner().document;
    Ok(download(
        "application/json",
        &format!("certificate-{}.json", plain(&request_id)),
        document,
    ))
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
