//! Refuses what another site makes a browser send (CSRF), before any handler: by `Sec-Fetch-Site`, and by `Origin` for
//! browsers that do not send it. Staff forms carry a token of their session besides; visitors' forms have no session that
//! could be abused.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::pages::error::WebError;

/// The layer.
pub async fn same_origin(request: Request, next: Next) -> Result<Response, WebError> {
    if request.method().is_safe() || is_same_origin(request.headers()) {
        Ok(next.run(request).await)
    } else {
        Err(WebError::Forbidden)
    }
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
        // Not a browser: programs and old clients send neither, and have no cookies of a victim.
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, is_same_origin};

    #[test]
    fn another_site_is_refused() {
        let headers = |pairs: &[(&'static str, &str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in pairs {
                map.insert(*name, value.parse().unwrap());
            }
            map
        };
        assert!(is_same_origin(&headers(&[])));
        assert!(is_same_origin(&headers(&[
            ("origin", "http://a.se:80"),
            ("host", "a.se:80")
        ])));
        assert!(!is_same_origin(&headers(&[
            ("origin", "http://b.se"),
            ("host", "a.se")
        ])));
        assert!(!is_same_origin(&headers(&[
            ("origin", "null"),
            ("host", "a.se")
        ])));
        assert!(!is_same_origin(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("host", "a.se")
        ])));
        assert!(!is_same_origin(&headers(&[
            ("sec-fetch-site", "same-site"),
            ("host", "a.se")
        ])));
    }
}
