//! `WebhookService`: endpoints of a provider, asked by itself or by the network's staff.

use std::sync::Arc;

use api as pb;
use kernel::ProviderId;
use pb::orders::WebhookDeliveryState as State;
use pb::orders::webhook_service_server::WebhookService;
use service_kit::caller::{Caller, CallerError, CallerKind, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::translate::invalid;
use crate::app::error::OrdersError;
use crate::app::webhooks::DeliveriesAsked;
use crate::app::{Desk, Orders};
use crate::domain::webhook::EndpointInput;
use crate::domain::webhook::message::{delivery_of, webhook_id};
use crate::events::outgoing::timestamp;
use crate::store::webhook_delivery::{self, DELIVERED, GIVEN_UP, WAITING};
use crate::store::webhook_endpoint;

/// The service over its application.
#[derive(Clone, Debug)]
pub struct WebhookGrpc(Arc<Orders>);

impl WebhookGrpc {
    /// Serves this application.
    pub fn new(orders: Arc<Orders>) -> Self {
        Self(orders)
    }
}

#[tonic::async_trait]
impl WebhookService for WebhookGrpc {
    async fn put_webhook_endpoint(
        &self,
        request: Request<pb::orders::PutWebhookEndpointRequest>,
    ) -> Result<Response<pb::orders::PutWebhookEndpointResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let desk = desk_of(&caller, &asked.network, &asked.provider_id)?;
        let input = endpoint_in(asked.endpoint.unwrap_or_default());
        let put = self
            .0
            .put_webhook_endpoint(&desk, &actor(&caller), &input)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::PutWebhookEndpointResponse {
            endpoint: Some(endpoint_out(put.endpoint)),
            secret: put.secret.map(|s| s.reveal()).unwrap_or_default(),
        }))
    }

    async fn list_webhook_endpoints(
        &self,
        request: Request<pb::orders::ListWebhookEndpointsRequest>,
    ) -> Result<Response<pb::orders::ListWebhookEndpointsResponse>, Status> {
        let asked = request.get_ref();
        let desk = desk_of(caller_of(&request)?, &asked.network, &asked.provider_id)?;
        let all = self.0.list_webhook_endpoints(&desk).await;
        let endpoints = all.map_err(to_status)?.into_iter().map(endpoint_out);
        Ok(Response::new(pb::orders::ListWebhookEndpointsResponse {
            endpoints: endpoints.collect(),
        }))
    }

    async fn remove_webhook_endpoint(
        &self,
        request: Request<pb::orders::RemoveWebhookEndpointRequest>,
    ) -> Result<Response<pb::orders::RemoveWebhookEndpointResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let desk = desk_of(caller, &asked.network, &asked.provider_id)?;
        self.0
            .remove_webhook_endpoint(&desk, &actor(caller), &asked.name)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::RemoveWebhookEndpointResponse {}))
    }

    async fn disable_webhook_endpoint(
        &self,
        request: Request<pb::orders::DisableWebhookEndpointRequest>,
    ) -> Result<Response<pb::orders::DisableWebhookEndpointResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let desk = desk_of(caller, &asked.network, &asked.provider_id)?;
        let disabled = self
            .0
            .disable_webhook_endpoint(&desk, &actor(caller), &asked.name)
            .await;
        Ok(Response::new(pb::orders::DisableWebhookEndpointResponse {
            endpoint: Some(endpoint_out(disabled.map_err(to_status)?)),
        }))
    }

    async fn rotate_webhook_secret(
        &self,
        request: Request<pb::orders::RotateWebhookSecretRequest>,
    ) -> Result<Response<pb::orders::RotateWebhookSecretResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let desk = desk_of(caller, &asked.network, &asked.provider_id)?;
        let rotated = self
            .0
            .rotate_webhook_secret(&desk, &actor(caller), &asked.name)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::RotateWebhookSecretResponse {
            secret: rotated.secret.reveal(),
            previous_until: Some(timestamp(rotated.previous_until)),
        }))
    }

    async fn ping_webhook_endpoint(
        &self,
        request: Request<pb::orders::PingWebhookEndpointRequest>,
    ) -> Result<Response<pb::orders::PingWebhookEndpointResponse>, Status> {
        let asked = request.get_ref();
        let desk = desk_of(caller_of(&request)?, &asked.network, &asked.provider_id)?;
        let id = self.0.ping_webhook_endpoint(&desk, &asked.name).await;
        Ok(Response::new(pb::orders::PingWebhookEndpointResponse {
            webhook_id: webhook_id(id.map_err(to_status)?),
        }))
    }

    async fn list_webhook_deliveries(
        &self,
        request: Request<pb::orders::ListWebhookDeliveriesRequest>,
    ) -> Result<Response<pb::orders::ListWebhookDeliveriesResponse>, Status> {
        let asked = request.get_ref();
        let desk = desk_of(caller_of(&request)?, &asked.network, &asked.provider_id)?;
        let asked = deliveries_asked(asked).map_err(to_status)?;
        let page = self.0.list_webhook_deliveries(&desk, &asked).await;
        let page = page.map_err(to_status)?;
        let next = page.next_below.map(|position| position.to_string());
        Ok(Response::new(pb::orders::ListWebhookDeliveriesResponse {
            deliveries: page.rows.into_iter().map(delivery_out).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn resend_webhook_delivery(
        &self,
        request: Request<pb::orders::ResendWebhookDeliveryRequest>,
    ) -> Result<Response<pb::orders::ResendWebhookDeliveryResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let desk = desk_of(caller, &asked.network, &asked.provider_id)?;
        let id = delivery_of(&asked.webhook_id);
        let id = id.ok_or_else(|| to_status(OrdersError::WebhookDeliveryNotFound))?;
        let again = self
            .0
            .resend_webhook_delivery(&desk, &actor(caller), id)
            .await;
        again.map_err(to_status)?;
        Ok(Response::new(pb::orders::ResendWebhookDeliveryResponse {}))
    }
}

/// Whose endpoints: a provider's system has its own and no others, staff name the provider.
fn desk_of(caller: &Caller, network: &str, provider: &str) -> Result<Desk, Status> {
    let network = caller.network(network).map_err(to_status)?;
    let provider = if caller.kind == CallerKind::Provider {
        let own = caller.provider_id().map_err(to_status)?;
        if !provider.is_empty() && provider != own.as_str() {
            return Err(to_status(OrdersError::ProviderNotFound));
        }
        own.clone()
    } else if caller.provider.is_some() {
        return Err(to_status(CallerError::NoProvider));
    } else {
        ProviderId::parse(provider)
            .map_err(|error| to_status(invalid("provider_id", "", error.rule)))?
    };
    Ok(Desk { network, provider })
}

fn actor(caller: &Caller) -> String {
    let (kind, id) = caller.actor();
    format!("{kind}:{id}")
}

fn endpoint_in(endpoint: pb::orders::WebhookEndpoint) -> EndpointInput {
    EndpointInput {
        name: endpoint.name,
        url: endpoint.url,
        kinds: endpoint.kinds,
        active: endpoint.active,
    }
}

fn endpoint_out(row: webhook_endpoint::Model) -> pb::orders::WebhookEndpoint {
    pb::orders::WebhookEndpoint {
        kinds: row.kinds.split(' ').map(str::to_owned).collect(),
        name: row.name,
        url: row.url,
        active: row.active,
        disabled_reason: row.disabled_reason.unwrap_or_default(),
        disabled_at: row.disabled_at.map(timestamp),
        previous_secret_until: row.previous_secret_until.map(timestamp),
        changed_at: Some(timestamp(row.changed_at)),
    }
}

fn deliveries_asked(
    asked: &pb::orders::ListWebhookDeliveriesRequest,
) -> Result<DeliveriesAsked, OrdersError> {
    let state = match State::try_from(asked.state) {
        Ok(State::Unspecified) => None,
        Ok(State::Waiting) => Some(WAITING),
        Ok(State::Delivered) => Some(DELIVERED),
        Ok(State::GivenUp) => Some(GIVEN_UP),
        Err(_) => return Err(invalid("state", "", "a state of a delivery")),
    };
    let page = asked.page.clone().unwrap_or_default();
    let below = match page.page_token.as_str() {
        "" => None,
        token => Some(token.parse().map_err(|_| OrdersError::wrong_page_token())?),
    };
    Ok(DeliveriesAsked {
        name: asked.name.clone(),
        state,
        below,
        size: page.page_size.into(),
    })
}

fn delivery_out(row: webhook_delivery::Model) -> pb::orders::WebhookDelivery {
    let state = match row.state.as_str() {
        WAITING => State::Waiting,
        DELIVERED => State::Delivered,
        GIVEN_UP => State::GivenUp,
        _ => State::Unspecified,
    };
    let count = |number: i32| u32::try_from(number).unwrap_or_default();
    pb::orders::WebhookDelivery {
        webhook_id: webhook_id(row.id),
        kind: row.kind,
        object_id: row.object_id.to_string(),
        at: Some(timestamp(row.at)),
        state: state.into(),
        attempts: count(row.attempts),
        last_status: row.last_status.map(count).unwrap_or_default(),
        last_failure: row.last_failure.unwrap_or_default(),
        next_attempt_at: (state == State::Waiting).then(|| timestamp(row.next_attempt_at)),
        finished_at: row.finished_at.map(timestamp),
    }
}
