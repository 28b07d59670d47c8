//! gRPC of the CRM: translate, call, translate.

mod translate;

use std::sync::Arc;

use api::crm as pb;
use kernel::NetworkCode;
use pb::crm_service_server::{CrmService, CrmServiceServer};
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use crate::app::{Crm, CrmError};
use crate::domain::ContactId;

/// The CRM over gRPC.
#[derive(Clone, Debug)]
pub struct CrmGrpc {
    crm: Arc<Crm>,
}

impl CrmGrpc {
    /// The service for a router.
    pub fn server(crm: Arc<Crm>) -> CrmServiceServer<Self> {
        CrmServiceServer::new(Self { crm })
    }
}

/// The network of a request, which the caller must be allowed to name.
fn network<T>(request: &Request<T>, asked: &str) -> Result<NetworkCode, Status> {
    caller_of(request)?.network(asked).map_err(to_status)
}

/// The network whose pages a visitor is on, when the caller says so.
fn visited<T>(request: &Request<T>) -> Result<Option<NetworkCode>, Status> {
    Ok(caller_of(request)?.network.clone())
}

#[tonic::async_trait]
impl CrmService for CrmGrpc {
    async fn create_contact(
        &self,
        request: Request<pb::CreateContactRequest>,
    ) -> Result<Response<pb::CreateContactResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let (command_id, input) = translate::new_contact(request.into_inner())?;
        let id = self
            .crm
            .create_contact(network, command_id, &input)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::CreateContactResponse {
            contact_id: id.to_string(),
        }))
    }

    async fn list_contacts(
        &self,
        request: Request<pb::ListContactsRequest>,
    ) -> Result<Response<pb::ListContactsResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let page = translate::page(request.get_ref())?;
        let listed = self
            .crm
            .list_contacts(network, caller_of(&request)?, page)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::listed(listed)))
    }

    async fn get_contact(
        &self,
        request: Request<pb::GetContactRequest>,
    ) -> Result<Response<pb::GetContactResponse>, Status> {
        let asked = request.get_ref();
        let network = network(&request, &asked.network)?;
        let id = ContactId::parse(&asked.contact_id)
            .map_err(|refused| to_status(CrmError::invalid("contact_id", refused.rule)))?;
        let caller = caller_of(&request)?;
        let view = self
            .crm
            .get_contact(network, caller, id, &asked.purpose)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::GetContactResponse {
            contact: Some(translate::contact(view)),
        }))
    }

    async fn peek_confirmation(
        &self,
        request: Request<pb::PeekConfirmationRequest>,
    ) -> Result<Response<pb::PeekConfirmationResponse>, Status> {
        let visited = visited(&request)?;
        let peek = self
            .crm
            .peek_confirmation(visited.as_ref(), &request.get_ref().token)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::peek(peek)))
    }

    async fn confirm_contact(
        &self,
        request: Request<pb::ConfirmContactRequest>,
    ) -> Result<Response<pb::ConfirmContactResponse>, Status> {
        let visited = visited(&request)?;
        let taken = self
            .crm
            .confirm_contact(visited.as_ref(), &request.get_ref().token)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::confirmed(taken)))
    }

    async fn decline_contact(
        &self,
        request: Request<pb::DeclineContactRequest>,
    ) -> Result<Response<pb::DeclineContactResponse>, Status> {
        let visited = visited(&request)?;
        let taken = self
            .crm
            .decline_contact(visited.as_ref(), &request.get_ref().token)
            .await
            .map_err(to_status)?;
        Ok(Response::new(translate::declined(taken)))
    }
}
