//! `ProviderSystemService`: providers' systems that are called, asked by the network's staff.

use std::sync::Arc;

use api as pb;
use kernel::{NetworkCode, ProviderId};
use pb::orders::HandoverState as Wire;
use pb::orders::provider_system_service_server::ProviderSystemService;
use service_kit::caller::{Caller, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::translate::invalid;
use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::app::provider_systems::{Finding, PullReport};
use crate::domain::OrderId;
use crate::domain::provider_system::SystemInput;
use crate::domain::provider_system::handover::HandoverState;
use crate::events::outgoing::timestamp;
use crate::store::handover::{self, Listed};
use crate::store::{product_pull, provider_system};

/// The service over its application.
#[derive(Clone, Debug)]
pub struct ProviderSystemGrpc(Arc<Orders>);

impl ProviderSystemGrpc {
    /// Serves this application.
    pub fn new(orders: Arc<Orders>) -> Self {
        Self(orders)
    }
}

#[tonic::async_trait]
impl ProviderSystemService for ProviderSystemGrpc {
    async fn put_provider_system(
        &self,
        request: Request<pb::orders::PutProviderSystemRequest>,
    ) -> Result<Response<pb::orders::PutProviderSystemResponse>, Status> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let network = caller.network(&asked.network).map_err(to_status)?;
        let expected = asked.expected_version;
        let put = self
            .0
            .put_provider_system(&network, &caller, &system_in(asked), expected)
            .await;
        Ok(Response::new(pb::orders::PutProviderSystemResponse {
            system: Some(system_out(put.map_err(to_status)?)),
        }))
    }

    async fn list_provider_systems(
        &self,
        request: Request<pb::orders::ListProviderSystemsRequest>,
    ) -> Result<Response<pb::orders::ListProviderSystemsResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?.network(&asked.network);
        let all = self
            .0
            .list_provider_systems(&network.map_err(to_status)?)
            .await;
        let systems = all.map_err(to_status)?.into_iter().map(system_out);
        Ok(Response::new(pb::orders::ListProviderSystemsResponse {
            systems: systems.collect(),
        }))
    }

    async fn remove_provider_system(
        &self,
        request: Request<pb::orders::RemoveProviderSystemRequest>,
    ) -> Result<Response<pb::orders::RemoveProviderSystemResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        self.0
            .remove_provider_system(&network, caller, &provider, asked.expected_version)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::RemoveProviderSystemResponse {}))
    }

    async fn try_provider_system(
        &self,
        request: Request<pb::orders::TryProviderSystemRequest>,
    ) -> Result<Response<pb::orders::TryProviderSystemResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        let tried = self.0.try_provider_system(&network, &provider).await;
        let tried = tried.map_err(to_status)?;
        Ok(Response::new(pb::orders::TryProviderSystemResponse {
            works: tried.failure.is_none(),
            status: tried.status.map(u32::from).unwrap_or_default(),
            failure: tried.failure.unwrap_or_default().to_owned(),
        }))
    }

    async fn list_handovers(
        &self,
        request: Request<pb::orders::ListHandoversRequest>,
    ) -> Result<Response<pb::orders::ListHandoversResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?.network(&asked.network);
        let (listed, size) = listed_in(asked).map_err(to_status)?;
        let page = self
            .0
            .list_handovers(&network.map_err(to_status)?, &listed, size)
            .await
            .map_err(to_status)?;
        let handovers: Result<Vec<_>, _> = page.rows.into_iter().map(handover_out).collect();
        let next = page.next_below.map(|id| id.to_string());
        Ok(Response::new(pb::orders::ListHandoversResponse {
            handovers: handovers.map_err(to_status)?,
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn resend_handover(
        &self,
        request: Request<pb::orders::ResendHandoverRequest>,
    ) -> Result<Response<pb::orders::ResendHandoverResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let (id, expected) = which(&asked.handover_id, asked.expected()).map_err(to_status)?;
        let again = self.0.resend_handover(&network, caller, id, expected).await;
        again.map_err(to_status)?;
        Ok(Response::new(pb::orders::ResendHandoverResponse {}))
    }

    async fn confirm_handover(
        &self,
        request: Request<pb::orders::ConfirmHandoverRequest>,
    ) -> Result<Response<pb::orders::ConfirmHandoverResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = caller.network(&asked.network).map_err(to_status)?;
        let (id, expected) = which(&asked.handover_id, asked.expected()).map_err(to_status)?;
        let confirmed = self
            .0
            .confirm_handover(&network, caller, id, expected)
            .await;
        confirmed.map_err(to_status)?;
        Ok(Response::new(pb::orders::ConfirmHandoverResponse {}))
    }

    async fn activate_for_provider(
        &self,
        request: Request<pb::orders::ActivateForProviderRequest>,
    ) -> Result<Response<pb::orders::ActivateForProviderResponse>, Status> {
        let asked = request.get_ref();
        let network = caller_of(&request)?.network(&asked.network);
        let order = OrderId::parse(&asked.order_id)
            .map_err(|_| to_status(invalid("order_id", &asked.order_id, "a UUID")))?;
        let id = self
            .0
            .activate_for_provider(&network.map_err(to_status)?, order)
            .await;
        Ok(Response::new(pb::orders::ActivateForProviderResponse {
            technical_order_id: id.map_err(to_status)?,
        }))
    }

    async fn pull_products(
        &self,
        request: Request<pb::orders::PullProductsRequest>,
    ) -> Result<Response<pb::orders::PullProductsResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        let pulled = self.0.pull_products(&network, &provider).await;
        pulled.map_err(to_status)?;
        Ok(Response::new(pb::orders::PullProductsResponse {}))
    }

    async fn get_product_pull(
        &self,
        request: Request<pb::orders::GetProductPullRequest>,
    ) -> Result<Response<pb::orders::GetProductPullResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        let found = self.0.product_pull(&network, &provider).await;
        let pull = pull_out(found.map_err(to_status)?);
        Ok(Response::new(pull.map_err(to_status)?))
    }

    async fn ask_provider_contacts(
        &self,
        request: Request<pb::orders::AskProviderContactsRequest>,
    ) -> Result<Response<pb::orders::AskProviderContactsResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        let contacts = self
            .0
            .ask_provider_contacts(
                caller,
                (&network, &provider),
                &asked.sp_reference,
                &asked.reason,
            )
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::orders::AskProviderContactsResponse {
            name: contacts.name.unwrap_or_default(),
            email: contacts.email.unwrap_or_default(),
            phone: contacts.phone.unwrap_or_default(),
            mobile_phone: contacts.mobile_phone.unwrap_or_default(),
        }))
    }

    async fn sign_portal_link(
        &self,
        request: Request<pb::orders::SignPortalLinkRequest>,
    ) -> Result<Response<pb::orders::SignPortalLinkResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let (network, provider) = whose(caller, &asked.network, &asked.provider_id)?;
        let link = self
            .0
            .sign_portal_link(caller, (&network, &provider), &asked.access_id, &asked.mac)
            .await;
        Ok(Response::new(pb::orders::SignPortalLinkResponse {
            url: link.map_err(to_status)?.into(),
        }))
    }
}

fn whose(
    caller: &Caller,
    network: &str,
    provider: &str,
) -> Result<(NetworkCode, ProviderId), Status> {
    let network = caller.network(network).map_err(to_status)?;
    let provider = ProviderId::parse(provider)
        .map_err(|error| to_status(invalid("provider_id", "", error.rule)))?;
    Ok((network, provider))
}

fn which(id: &str, expected: Wire) -> Result<(Uuid, HandoverState), OrdersError> {
    let id = id
        .parse()
        .map_err(|_| invalid("handover_id", id, "a UUID"))?;
    let expected = HandoverState::ALL
        .iter()
        .copied()
        .find(|state| state_out(*state) == expected);
    let rule = "the state in which it was seen";
    Ok((id, expected.ok_or_else(|| invalid("expected", "", rule))?))
}

fn system_in(asked: pb::orders::PutProviderSystemRequest) -> SystemInput {
    let system = asked.system.unwrap_or_default();
    SystemInput {
        provider: system.provider_id,
        base_url: system.base_url,
        api_version: system.api_version,
        functions: system.functions,
        user_name: asked.user_name,
        password: asked.password,
        portal_url: system.portal_url,
        portal_operator: system.portal_operator,
        portal_key: asked.portal_key,
    }
}

fn system_out(row: provider_system::Model) -> pb::orders::ProviderSystem {
    let functions = row.functions();
    pb::orders::ProviderSystem {
        functions: functions
            .iter()
            .map(|one| one.as_str().to_owned())
            .collect(),
        provider_id: row.provider_id,
        base_url: row.base_url,
        api_version: row.api_version,
        portal_url: row.portal_url,
        portal_operator: row.portal_operator,
        version: row.version,
        has_credential: row.credential.is_some(),
        has_portal_key: row.portal_key.is_some(),
        changed_at: Some(timestamp(row.changed_at)),
    }
}

fn listed_in(asked: &pb::orders::ListHandoversRequest) -> Result<(Listed, u64), OrdersError> {
    let provider = Some(asked.provider_id.as_str()).filter(|id| !id.is_empty());
    let provider = provider
        .map(|id| ProviderId::parse(id).map_err(|error| invalid("provider_id", "", error.rule)));
    let (below, size) = super::translate::page_in(asked.page.clone())?;
    let listed = Listed {
        provider: provider.transpose()?,
        needs_staff: asked.needs_staff,
        below,
    };
    Ok((listed, size))
}

const fn state_out(state: HandoverState) -> Wire {
    match state {
        HandoverState::Waiting => Wire::Waiting,
        HandoverState::Sending => Wire::Sending,
        HandoverState::Confirmed => Wire::Confirmed,
        HandoverState::Rejected => Wire::Rejected,
        HandoverState::Refused => Wire::Refused,
        HandoverState::Uncertain => Wire::Uncertain,
        HandoverState::GivenUp => Wire::GivenUp,
        HandoverState::Superseded => Wire::Superseded,
    }
}

fn handover_out(row: handover::Model) -> Result<pb::orders::Handover, OrdersError> {
    let state = row.state()?;
    let waits = state == HandoverState::Waiting;
    Ok(pb::orders::Handover {
        handover_id: row.id.to_string(),
        provider_id: row.provider_id,
        kind: row.kind,
        order_id: row.order_id.to_string(),
        state: state_out(state).into(),
        attempts: count(Some(row.attempts)),
        last_status: count(row.last_status),
        last_failure: row.last_failure.unwrap_or_default(),
        begun_at: Some(timestamp(row.begun_at)),
        next_attempt_at: waits.then(|| timestamp(row.next_attempt_at)),
        finished_at: row.finished_at.map(timestamp),
    })
}

fn count(number: Option<i32>) -> u32 {
    number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or_default()
}

fn pull_out(row: product_pull::Model) -> Result<pb::orders::GetProductPullResponse, OrdersError> {
    let report: PullReport = serde_json::from_str(&row.report)
        .map_err(|error| sea_orm::DbErr::Type(format!("stored report is unreadable: {error}")))?;
    let finding = |finding: Finding| pb::orders::ProductFinding {
        product_id: finding.product_id,
        offering_id: finding.offering_id,
        field: finding.field,
        rule: finding.rule,
        refused: finding.refused,
    };
    Ok(pb::orders::GetProductPullResponse {
        next_at: Some(timestamp(row.next_at)),
        tried_at: row.tried_at.map(timestamp),
        succeeded_at: row.succeeded_at.map(timestamp),
        taken_at: row.taken_at.map(timestamp),
        failing_since: row.failing_since.map(timestamp),
        last_status: count(row.last_status),
        last_failure: row.last_failure.unwrap_or_default(),
        taken: report.taken,
        ended: report.ended,
        refused: report.refused,
        findings: report.findings.into_iter().map(finding).collect(),
    })
}
