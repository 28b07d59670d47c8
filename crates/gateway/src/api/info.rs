//! `/api-info` of the Swedish national REST API profile.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// What this interface is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiInfo {
    /// Name.
    pub api_name: &'static str,
    /// Version of the interface.
    pub api_version: &'static str,
    /// Day of its release.
    pub api_released: &'static str,
    /// Where the documentation is.
    pub api_documentation: &'static str,
    /// "beta", "active", "deprecated" …
    pub api_status: &'static str,
}

/// Says what this interface is.
#[utoipa::path(get, path = "/api/v1/api-info", tag = "info", responses((status = 200, body = ApiInfo)))]
pub async fn info() -> Json<ApiInfo> {
    Json(ApiInfo {
        api_name: "Uttag",
        api_version: env!("CARGO_PKG_VERSION"),
        api_released: "2026-11-22",
        api_documentation: "/api/v1/openapi.json",
        api_status: "beta",
    })
}
