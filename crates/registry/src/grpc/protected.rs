//! `ProtectedResidentService`: people with protected personal data, shown to one of the staff when another has approved it.

use std::sync::Arc;

use api::registry as pb;
use chrono::{DateTime, Utc};
use kernel::AccessId;
use pb::protected_resident_service_server::{
    ProtectedResidentService, ProtectedResidentServiceServer,
};
use service_kit::caller::{Caller, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{network, translate};
use crate::app::{Registry, RegistryError};
use crate::domain::disclosure::{Disclosure, State};

/// The service over its application.
#[derive(Clone, Debug)]
pub struct ProtectedResidentGrpc(Arc<Registry>);

impl ProtectedResidentGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> ProtectedResidentServiceServer<Self> {
        ProtectedResidentServiceServer::new(Self(registry))
    }

    fn shown(&self, disclosure: Disclosure, caller: &Caller) -> pb::Disclosure {
        out(disclosure, caller.actor().1, self.0.now())
    }
}

#[tonic::async_trait]
impl ProtectedResidentService for ProtectedResidentGrpc {
    async fn request_disclosure(
        &self,
        request: Request<pb::RequestDisclosureRequest>,
    ) -> Result<Response<pb::RequestDisclosureResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = network(&request, &asked.network)?;
        let id = AccessId::parse(&asked.access_id)
            .map_err(|refused| to_status(RegistryError::invalid("access_id", "", refused.rule)))?;
        let disclosure = self
            .0
            .request_disclosure(caller, &network, &id, &asked.purpose)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::RequestDisclosureResponse {
            disclosure: Some(self.shown(disclosure, caller)),
        }))
    }

    async fn list_disclosures(
        &self,
        request: Request<pb::ListDisclosuresRequest>,
    ) -> Result<Response<pb::ListDisclosuresResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = network(&request, &asked.network)?;
        let page = self
            .0
            .list_disclosures(&network, &translate::page_request(asked.page.clone()))
            .await
            .map_err(to_status)?;
        let shown = page.rows.into_iter().map(|row| self.shown(row, caller));
        Ok(Response::new(pb::ListDisclosuresResponse {
            disclosures: shown.collect(),
            next_page_token: page.next,
        }))
    }

    async fn decide_disclosure(
        &self,
        request: Request<pb::DecideDisclosureRequest>,
    ) -> Result<Response<pb::DecideDisclosureResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = network(&request, &asked.network)?;
        let id = disclosure_id(&asked.disclosure_id).map_err(to_status)?;
        let disclosure = self
            .0
            .decide_disclosure(caller, &network, id, asked.approve)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::DecideDisclosureResponse {
            disclosure: Some(self.shown(disclosure, caller)),
        }))
    }

    async fn get_protected_resident(
        &self,
        request: Request<pb::GetProtectedResidentRequest>,
    ) -> Result<Response<pb::GetProtectedResidentResponse>, Status> {
        let (caller, asked) = (caller_of(&request)?, request.get_ref());
        let network = network(&request, &asked.network)?;
        let id = disclosure_id(&asked.disclosure_id).map_err(to_status)?;
        let (disclosure, people) = self
            .0
            .protected_resident(caller, &network, id)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::GetProtectedResidentResponse {
            disclosure: Some(self.shown(disclosure, caller)),
            resident_name: people.resident.unwrap_or_default(),
            property_owner: people.owner.unwrap_or_default(),
        }))
    }
}

fn disclosure_id(text: &str) -> Result<Uuid, RegistryError> {
    text.parse().map_err(|_| RegistryError::NoSuchDisclosure)
}

fn out(disclosure: Disclosure, user: &str, now: DateTime<Utc>) -> pb::Disclosure {
    let state = match disclosure.state(now) {
        State::Pending => pb::DisclosureState::Pending,
        State::Approved => pb::DisclosureState::Approved,
        State::Declined => pb::DisclosureState::Declined,
        State::Lapsed => pb::DisclosureState::Lapsed,
    };
    pb::Disclosure {
        may_decide: disclosure.may_decide(user, now).is_ok(),
        may_look: disclosure.may_look(user, now).is_ok(),
        lapses_at: Some(translate::timestamp(disclosure.lapses_at())),
        disclosure_id: disclosure.id.to_string(),
        access_id: disclosure.access.to_string(),
        requested_by: disclosure.requested_by,
        purpose: disclosure.purpose,
        requested_at: Some(translate::timestamp(disclosure.requested_at)),
        state: state.into(),
        decided_at: disclosure
            .decision
            .as_ref()
            .map(|decision| translate::timestamp(decision.at)),
        decided_by: disclosure.decision.map(|d| d.by).unwrap_or_default(),
    }
}
