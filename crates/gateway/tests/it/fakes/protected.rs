//! The registry's disclosures of protected people: kept in memory, approved by another than who asked.

use api::registry::protected_resident_service_server::ProtectedResidentService;
use api::registry::*;
use service_kit::caller::caller_of;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::Fakes;

/// The number of the first, the second … disclosure.
pub fn disclosure_id(n: usize) -> String {
    format!("0192b3c4-0000-7000-8000-00000000d{n:03}")
}

fn network_of<T>(request: &Request<T>) -> Result<String, Status> {
    let network = caller_of(request)?.network.clone();
    Ok(network.unwrap().to_string())
}

fn shown(disclosure: &Disclosure, user: &str) -> Disclosure {
    let own = disclosure.requested_by == user;
    let state = disclosure.state();
    Disclosure {
        may_decide: !own && state == DisclosureState::Pending,
        may_look: own && state == DisclosureState::Approved,
        ..disclosure.clone()
    }
}

#[tonic::async_trait]
impl ProtectedResidentService for Fakes {
    async fn request_disclosure(
        &self,
        request: Request<RequestDisclosureRequest>,
    ) -> Result<Response<RequestDisclosureResponse>, Status> {
        let user = caller_of(&request)?.id.clone();
        let network = network_of(&request)?;
        let asked = request.into_inner();
        match asked.access_id.as_str() {
            "A-1" => {}
            "A-2" => {
                let (kind, text) = (ErrorKind::Precondition, "nobody is protected");
                return Err(refusal(kind, "NOBODY_PROTECTED", text));
            }
            _ => {
                return Err(refusal(
                    ErrorKind::NotFound,
                    "ACCESS_NOT_FOUND",
                    "no access",
                ));
            }
        }
        let mut seen = self.seen();
        let mut disclosure = Disclosure {
            disclosure_id: disclosure_id(seen.disclosures.len()),
            access_id: asked.access_id,
            purpose: asked.purpose,
            requested_by: user,
            ..Disclosure::default()
        };
        disclosure.set_state(DisclosureState::Pending);
        seen.disclosures.push((network, disclosure.clone()));
        Ok(Response::new(RequestDisclosureResponse {
            disclosure: Some(disclosure),
        }))
    }

    async fn list_disclosures(
        &self,
        request: Request<ListDisclosuresRequest>,
    ) -> Result<Response<ListDisclosuresResponse>, Status> {
        let (user, network) = (&caller_of(&request)?.id, network_of(&request)?);
        let seen = self.seen();
        let own = seen.disclosures.iter().filter(|(of, _)| *of == network);
        let disclosures = own.map(|(_, d)| shown(d, user)).collect();
        Ok(Response::new(ListDisclosuresResponse {
            disclosures,
            next_page_token: String::new(),
        }))
    }

    async fn decide_disclosure(
        &self,
        request: Request<DecideDisclosureRequest>,
    ) -> Result<Response<DecideDisclosureResponse>, Status> {
        let user = caller_of(&request)?.id.clone();
        let network = network_of(&request)?;
        let asked = request.into_inner();
        let mut seen = self.seen();
        let found = seen
            .disclosures
            .iter_mut()
            .find(|(of, d)| *of == network && d.disclosure_id == asked.disclosure_id);
        let (_, found) = found
            .ok_or_else(|| refusal(ErrorKind::NotFound, "DISCLOSURE_NOT_FOUND", "no disclosure"))?;
        if found.requested_by == user {
            let text = "another person decides";
            return Err(refusal(ErrorKind::Denied, "SECOND_PERSON_NEEDED", text));
        }
        found.set_state(if asked.approve {
            DisclosureState::Approved
        } else {
            DisclosureState::Declined
        });
        found.decided_by = user;
        Ok(Response::new(DecideDisclosureResponse {
            disclosure: Some(found.clone()),
        }))
    }

    async fn get_protected_resident(
        &self,
        request: Request<GetProtectedResidentRequest>,
    ) -> Result<Response<GetProtectedResidentResponse>, Status> {
        let user = caller_of(&request)?.id.clone();
        let id = &request.get_ref().disclosure_id;
        let network = network_of(&request)?;
        let seen = self.seen();
        let mut own = seen.disclosures.iter().filter(|(of, _)| *of == network);
        let found = own.find(|(_, d)| &d.disclosure_id == id);
        let (_, found) = found
            .ok_or_else(|| refusal(ErrorKind::NotFound, "DISCLOSURE_NOT_FOUND", "no disclosure"))?;
        if found.requested_by != user {
            let text = "only who asked may look";
            return Err(refusal(ErrorKind::Denied, "DISCLOSURE_OF_ANOTHER", text));
        }
        let found = Some(found).filter(|d| shown(d, &user).may_look);
        let found = found
            .ok_or_else(|| refusal(ErrorKind::Precondition, "DISCLOSURE_STATE", "not approved"))?;
        Ok(Response::new(GetProtectedResidentResponse {
            disclosure: Some(found.clone()),
            resident_name: "Astrid Provsson".into(),
            property_owner: String::new(),
        }))
    }
}
