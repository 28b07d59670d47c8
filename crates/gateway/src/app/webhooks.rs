//! Endpoints of providers at the orders service, for the network's staff: they see, send again and turn off.

use api::common::PageRequest;
use api::orders::{
    DisableWebhookEndpointRequest, ListWebhookDeliveriesRequest, ListWebhookDeliveriesResponse,
    ListWebhookEndpointsRequest, ResendWebhookDeliveryRequest, WebhookEndpoint,
};

use super::session::SignedIn;
use crate::limits;
use crate::services::{Failure, Part, Services, call};

/// Which endpoint.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    /// Of which provider.
    pub provider: String,
    /// Its name among the provider's.
    pub name: String,
}

/// A provider's endpoints, by name.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn endpoints(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
) -> Result<Vec<WebhookEndpoint>, Failure> {
    let request = ListWebhookEndpointsRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
    };
    let answer = services
        .webhooks(&staff.caller())
        .list_webhook_endpoints(call(request))
        .await;
    let answer = answer.map_err(Part::Orders.failed())?.into_inner();
    Ok(answer.endpoints)
}

/// A page of an endpoint's deliveries, the newest first; `state` is the number of the only state, 0 for any.
///
/// # Errors
/// There is no such endpoint, or orders does not answer.
pub async fn deliveries(
    services: &Services,
    staff: &SignedIn,
    whose: &Whose,
    state: i32,
    page_token: String,
) -> Result<ListWebhookDeliveriesResponse, Failure> {
    let request = ListWebhookDeliveriesRequest {
        network: staff.network.to_string(),
        provider_id: whose.provider.clone(),
        name: whose.name.clone(),
        state,
        page: Some(PageRequest {
            page_size: limits::PAGE_SIZE,
            page_token,
        }),
    };
    let answer = services
        .webhooks(&staff.caller())
        .list_webhook_deliveries(call(request))
        .await;
    Ok(answer.map_err(Part::Orders.failed())?.into_inner())
}

/// Has a delivery sent again now.
///
/// # Errors
/// It is not kept any more, or orders does not answer.
pub async fn resend(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
    webhook_id: String,
) -> Result<(), Failure> {
    let request = ResendWebhookDeliveryRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
        webhook_id,
    };
    let answer = services
        .webhooks(&staff.caller())
        .resend_webhook_delivery(call(request))
        .await;
    answer.map(drop).map_err(Part::Orders.failed())
}

/// Turns an endpoint off.
///
/// # Errors
/// There is no such endpoint, or orders does not answer.
pub async fn disable(services: &Services, staff: &SignedIn, whose: &Whose) -> Result<(), Failure> {
    let request = DisableWebhookEndpointRequest {
        network: staff.network.to_string(),
        provider_id: whose.provider.clone(),
        name: whose.name.clone(),
    };
    let answer = services
        .webhooks(&staff.caller())
        .disable_webhook_endpoint(call(request))
        .await;
    answer.map(drop).map_err(Part::Orders.failed())
}
