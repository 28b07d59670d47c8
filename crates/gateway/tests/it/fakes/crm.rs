use api::crm::crm_service_server::CrmService;
use api::crm::*;
use tonic::{Request, Response, Status};

use super::Fakes;

fn contact(state: ContactState) -> Contact {
    let name = if state == ContactState::Confirmed {
        "Astrid Provsson"
    } else {
        ""
    };
    Contact {
        contact_id: "0192b3c4-0000-7000-8000-000000000003".into(),
        state: state.into(),
        company: "Provbolaget AB".into(),
        name: name.into(),
        source: ContactSource::Fair.into(),
        ..Contact::default()
    }
}

#[tonic::async_trait]
impl CrmService for Fakes {
    async fn create_contact(
        &self,
        request: Request<CreateContactRequest>,
    ) -> Result<Response<CreateContactResponse>, Status> {
        self.note("CreateContact", &request);
        self.seen().contact = Some(request.into_inner());
        Ok(Response::new(CreateContactResponse {
            contact_id: contact(ContactState::Quarantined).contact_id,
        }))
    }

    async fn list_contacts(
        &self,
        request: Request<ListContactsRequest>,
    ) -> Result<Response<ListContactsResponse>, Status> {
        let contacts = vec![contact(request.get_ref().state())];
        Ok(Response::new(ListContactsResponse {
            contacts,
            next_page_token: String::new(),
        }))
    }

    async fn get_contact(
        &self,
        request: Request<GetContactRequest>,
    ) -> Result<Response<GetContactResponse>, Status> {
        self.seen().purpose.clone_from(&request.get_ref().purpose);
        Ok(Response::new(GetContactResponse {
            contact: Some(contact(ContactState::Confirmed)),
        }))
    }

    async fn peek_confirmation(
        &self,
        request: Request<PeekConfirmationRequest>,
    ) -> Result<Response<PeekConfirmationResponse>, Status> {
        self.note("PeekConfirmation", &request);
        let mut seen = self.seen();
        seen.peeks += 1;
        let state = match (request.get_ref().token.as_str(), seen.confirmed) {
            ("good", false) => "open",
            ("good", true) => "confirmed",
            _ => "gone",
        };
        Ok(Response::new(PeekConfirmationResponse {
            state: state.into(),
            consent_text: "the consent text".into(),
            ..PeekConfirmationResponse::default()
        }))
    }

    async fn confirm_contact(
        &self,
        request: Request<ConfirmContactRequest>,
    ) -> Result<Response<ConfirmContactResponse>, Status> {
        assert_eq!(request.get_ref().token, "good");
        let again = std::mem::replace(&mut self.seen().confirmed, true);
        let outcome = if again {
            "already_confirmed"
        } else {
            "confirmed"
        };
        Ok(Response::new(ConfirmContactResponse {
            outcome: outcome.into(),
        }))
    }

    async fn decline_contact(
        &self,
        _: Request<DeclineContactRequest>,
    ) -> Result<Response<DeclineContactResponse>, Status> {
        Ok(Response::new(DeclineContactResponse {
            outcome: "deleted".into(),
        }))
    }
}
