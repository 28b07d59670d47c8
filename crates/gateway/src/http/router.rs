//! All routes and what lies around them, from the outside in: trace, security headers, readiness, origin, errors,
//! limits, guards.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::{assets, headers, origin, rate_limit, ready, trace};
use crate::i18n::Lang;
use crate::pages::error::{WebError, render_errors};
use crate::state::Gateway;
use crate::{api, legacy, limits, onapi, pages};

/// The whole gateway.
pub fn router(gateway: &Gateway) -> Router {
    let pages = Router::new()
        .route("/", get(choose_language))
        .route("/setup", any(|uri: Uri| async move { into_swedish(&uri) }))
        .route("/staff", any(|uri: Uri| async move { into_swedish(&uri) }))
        .route(
            "/staff/{*rest}",
            any(|uri: Uri, Path(_): Path<String>| async move { into_swedish(&uri) }),
        )
        .route("/sv", get(|| async { Redirect::permanent("/sv/") }))
        .route("/en", get(|| async { Redirect::permanent("/en/") }))
        .nest("/sv/", language(gateway, Lang::Sv))
        .nest("/en/", language(gateway, Lang::En))
        .fallback(|| async { WebError::NotFound })
        .layer(from_fn_with_state(Lang::default(), render_errors));
    let deadline = Duration::from_millis(limits::REQUEST_MS);
    Router::new()
        .merge(assets::routes())
        .merge(api::routes(gateway))
        .merge(onapi::routes(gateway))
        .merge(legacy::routes(gateway))
        .merge(pages)
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            deadline,
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(rate_limit::tell))
        .layer(from_fn_with_state(gateway.clone(), headers::secure))
        .layer(from_fn_with_state(gateway.clone(), trace::trace))
        .with_state(gateway.clone())
}

/// The pages of one language; what is refused inside is said in it.
fn language(gateway: &Gateway, lang: Lang) -> Router<Gateway> {
    Router::new()
        .merge(pages::public_routes(gateway))
        .merge(pages::start_routes(gateway))
        .merge(pages::staff_routes(gateway))
        .fallback(|| async { WebError::NotFound })
        .layer(from_fn(origin::same_origin))
        .layer(from_fn_with_state(gateway.clone(), ready::ready))
        .layer(Extension(lang))
        .layer(from_fn_with_state(lang, render_errors))
}

/// `/`: Swedish, unless the browser prefers English.
async fn choose_language(headers: HeaderMap) -> Redirect {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = accepted
        .split(',')
        .map(|tag| tag.trim().get(..2).unwrap_or_default())
        .find_map(Lang::parse);
    Redirect::to(&format!("/{}/", first.unwrap_or_default()))
}

/// Addresses without a language mean Swedish; 307 keeps the method and the form.
fn into_swedish(uri: &Uri) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Redirect::temporary(&format!("/{}{path}", Lang::Sv)).into_response()
}
