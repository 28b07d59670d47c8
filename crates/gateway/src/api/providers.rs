//! Providers of the network and what they sell.

use api::orders::{
    ListProvidersRequest, Offering as PbOffering, Provider as PbProvider, PutOfferingRequest,
    PutProviderRequest,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bearer::{Allowed, Providers as ProvidersGate, ProvidersChange};
use super::offering_details::OfferingDetails;
use super::problem::Problem;
use crate::app::session::SignedIn;
use crate::services::{Part, call};
use crate::state::Gateway;

/// A provider without its id, which stands in the path.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewProvider {
    name: String,
    /// A function address, not a person's.
    order_email: String,
    #[serde(default)]
    privacy_url: String,
    /// Of its customer service; any usual spelling.
    #[serde(default)]
    phone: String,
    /// "Mon-Fri 08:00-17:00, (10:00-14:00)".
    #[serde(default)]
    opening_hours: String,
    #[serde(default)]
    website: String,
    #[serde(default)]
    presentation: String,
}

/// A provider.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    provider_id: String,
    name: String,
    order_email: String,
    privacy_url: String,
    phone: String,
    opening_hours: String,
    website: String,
    presentation: String,
}

/// The providers of the network.
#[derive(Serialize, ToSchema)]
pub struct Providers {
    providers: Vec<Provider>,
}

/// An offering without its id.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewOffering {
    provider_id: String,
    /// The network's technical service: "BB-100-100".
    service: String,
    name: String,
    #[serde(default)]
    description: String,
    /// VAT included.
    monthly_price_ore: i64,
    #[serde(default)]
    start_price_ore: i64,
    #[serde(default)]
    commitment_months: u32,
    #[serde(flatten)]
    more: OfferingDetails,
}

/// The id of an offering.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferingId {
    offering_id: String,
}

/// The providers of the network.
#[utoipa::path(get, path = "/api/v1/providers", tag = "providers", security(("session" = [])),
    responses((status = 200, body = Providers)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersGate>,
) -> Result<Json<Providers>, Problem> {
    let request = ListProvidersRequest {
        network: staff.network.to_string(),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .list_providers(call(request))
        .await;
    let providers = answer
        .map_err(Part::Orders.failed())?
        .into_inner()
        .providers;
    Ok(Json(Providers {
        providers: providers.into_iter().map(Provider::from).collect(),
    }))
}

/// Enters or changes a provider.
#[utoipa::path(put, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = String, Path)),
    request_body = NewProvider, security(("session" = [])),
    responses((status = 200, body = Provider), (status = 400, body = Problem)))]
pub async fn put_provider(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersChange>,
    Path(provider_id): Path<String>,
    Json(new): Json<NewProvider>,
) -> Result<Json<Provider>, Problem> {
    let provider = PbProvider {
        provider_id,
        name: new.name,
        order_email: new.order_email,
        privacy_url: new.privacy_url,
        phone: new.phone,
        opening_hours: new.opening_hours,
        website: new.website,
        presentation: new.presentation,
    };
    let request = PutProviderRequest {
        network: staff.network.to_string(),
        provider: Some(provider),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .put_provider(call(request))
        .await;
    let provider = answer.map_err(Part::Orders.failed())?.into_inner().provider;
    Ok(Json(provider.unwrap_or_default().into()))
}

/// Enters a new offering.
#[utoipa::path(post, path = "/api/v1/offerings", tag = "providers", request_body = NewOffering,
    security(("session" = [])), responses((status = 201, body = OfferingId), (status = 400, body = Problem)))]
pub async fn add_offering(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersChange>,
    Json(new): Json<NewOffering>,
) -> Result<(StatusCode, Json<OfferingId>), Problem> {
    Ok((
        StatusCode::CREATED,
        Json(put(&gateway, &staff, String::new(), new).await?),
    ))
}

/// Changes an offering.
#[utoipa::path(put, path = "/api/v1/offerings/{id}", tag = "providers", params(("id" = String, Path)),
    request_body = NewOffering, security(("session" = [])),
    responses((status = 200, body = OfferingId), (status = 400, body = Problem)))]
pub async fn put_offering(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ProvidersChange>,
    Path(id): Path<String>,
    Json(new): Json<NewOffering>,
) -> Result<Json<OfferingId>, Problem> {
    Ok(Json(put(&gateway, &staff, id, new).await?))
}

async fn put(
    gateway: &Gateway,
    staff: &SignedIn,
    id: String,
    new: NewOffering,
) -> Result<OfferingId, Problem> {
    let offering = PbOffering {
        offering_id: id,
        provider_id: new.provider_id,
        service: new.service,
        name: new.name,
        description: new.description,
        monthly_price_ore: new.monthly_price_ore,
        start_price_ore: new.start_price_ore,
        commitment_months: new.commitment_months,
        ..new.more.into()
    };
    let request = PutOfferingRequest {
        network: staff.network.to_string(),
        offering: Some(offering),
    };
    let answer = gateway
        .services
        .orders(&staff.caller())
        .put_offering(call(request))
        .await;
    let offering = answer.map_err(Part::Orders.failed())?.into_inner().offering;
    Ok(OfferingId {
        offering_id: offering.unwrap_or_default().offering_id,
    })
}

impl From<PbProvider> for Provider {
    fn from(p: PbProvider) -> Self {
        Self {
            provider_id: p.provider_id,
            name: p.name,
            order_email: p.order_email,
            privacy_url: p.privacy_url,
            phone: p.phone,
            opening_hours: p.opening_hours,
            website: p.website,
            presentation: p.presentation,
        }
    }
}
