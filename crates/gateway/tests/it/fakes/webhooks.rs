//! Endpoints of providers' systems in HAM, as the orders service would answer.

use api::orders::webhook_service_server::WebhookService;
use api::orders::*;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::Fakes;

/// What there is, and what was asked.
#[derive(Default)]
pub struct Webhooks {
    /// Of nordbredband.
    pub endpoints: Vec<WebhookEndpoint>,
    pub deliveries: Vec<WebhookDelivery>,
    pub listed: Option<ListWebhookDeliveriesRequest>,
    pub resent: Vec<ResendWebhookDeliveryRequest>,
}

fn elsewhere<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("no page of the gateway asks this"))
}

fn no_endpoint() -> Status {
    let reason = "WEBHOOK_ENDPOINT_NOT_FOUND";
    refusal(ErrorKind::NotFound, reason, "no such endpoint")
}

#[tonic::async_trait]
impl WebhookService for Fakes {
    async fn put_webhook_endpoint(
        &self,
        _: Request<PutWebhookEndpointRequest>,
    ) -> Result<Response<PutWebhookEndpointResponse>, Status> {
        elsewhere()
    }

    async fn list_webhook_endpoints(
        &self,
        request: Request<ListWebhookEndpointsRequest>,
    ) -> Result<Response<ListWebhookEndpointsResponse>, Status> {
        self.note("ListWebhookEndpoints", &request);
        let own = request.get_ref().provider_id == "nordbredband";
        let endpoints = self.seen().webhooks.endpoints.clone();
        Ok(Response::new(ListWebhookEndpointsResponse {
            endpoints: if own { endpoints } else { Vec::new() },
        }))
    }

    async fn remove_webhook_endpoint(
        &self,
        _: Request<RemoveWebhookEndpointRequest>,
    ) -> Result<Response<RemoveWebhookEndpointResponse>, Status> {
        elsewhere()
    }

    async fn disable_webhook_endpoint(
        &self,
        request: Request<DisableWebhookEndpointRequest>,
    ) -> Result<Response<DisableWebhookEndpointResponse>, Status> {
        self.note("DisableWebhookEndpoint", &request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let mut all = seen.webhooks.endpoints.iter_mut();
        let endpoint = all.find(|one| one.name == asked.name);
        let endpoint = endpoint.ok_or_else(no_endpoint)?;
        endpoint.active = false;
        endpoint.disabled_reason = "network".into();
        Ok(Response::new(DisableWebhookEndpointResponse {
            endpoint: Some(endpoint.clone()),
        }))
    }

    async fn rotate_webhook_secret(
        &self,
        _: Request<RotateWebhookSecretRequest>,
    ) -> Result<Response<RotateWebhookSecretResponse>, Status> {
        elsewhere()
    }

    async fn ping_webhook_endpoint(
        &self,
        _: Request<PingWebhookEndpointRequest>,
    ) -> Result<Response<PingWebhookEndpointResponse>, Status> {
        elsewhere()
    }

    async fn list_webhook_deliveries(
        &self,
        request: Request<ListWebhookDeliveriesRequest>,
    ) -> Result<Response<ListWebhookDeliveriesResponse>, Status> {
        let asked = request.into_inner();
        let mut seen = self.seen();
        let known = seen.webhooks.endpoints.iter();
        if !known.into_iter().any(|one| one.name == asked.name) {
            return Err(no_endpoint());
        }
        let last = asked.page.as_ref().is_some_and(|p| p.page_token == "two");
        seen.webhooks.listed = Some(asked);
        Ok(Response::new(ListWebhookDeliveriesResponse {
            deliveries: seen.webhooks.deliveries.clone(),
            next_page_token: if last { String::new() } else { "two".into() },
        }))
    }

    async fn resend_webhook_delivery(
        &self,
        request: Request<ResendWebhookDeliveryRequest>,
    ) -> Result<Response<ResendWebhookDeliveryResponse>, Status> {
        self.note("ResendWebhookDelivery", &request);
        let asked = request.into_inner();
        let mut seen = self.seen();
        let mut known = seen.webhooks.deliveries.iter();
        if !known.any(|one| one.webhook_id == asked.webhook_id) {
            let reason = "WEBHOOK_DELIVERY_NOT_FOUND";
            return Err(refusal(ErrorKind::NotFound, reason, "no such delivery"));
        }
        seen.webhooks.resent.push(asked);
        Ok(Response::new(ResendWebhookDeliveryResponse {}))
    }
}
