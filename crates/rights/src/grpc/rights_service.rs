//! What compliance staff do.

use std::pin::Pin;

use api::rights as pb;
use api::rights::rights_service_server::RightsService;
use futures::Stream;
use kernel::{NetworkCode, Violation};
use service_kit::caller::{Caller, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{id, invalid, views};
use crate::app::Rights;
use crate::app::decide_request::Decision;
use crate::app::get_package::Format;
use crate::app::list_requests::ListRequests;
use crate::app::open_request::{OpenRequest, violations};
use crate::domain::search_keys::SearchKeys;
use crate::domain::state::{RequestKind, RequestState};
use crate::store::holders;

/// Bytes per message of a package.
const CHUNK: usize = 256 * 1024;

type Answer<T> = Result<Response<T>, Status>;

pub(super) struct Staff(pub(super) Rights);

/// The caller, the network that it means, and the message.
fn parts<T>(
    request: Request<T>,
    network: impl Fn(&T) -> &str,
) -> Result<(Caller, NetworkCode, T), Status> {
    let caller = caller_of(&request)?.clone();
    let network = caller.network(network(request.get_ref()))?;
    Ok((caller, network, request.into_inner()))
}

#[tonic::async_trait]
impl RightsService for Staff {
    async fn open_request(
        &self,
        request: Request<pb::OpenRequestRequest>,
    ) -> Answer<pb::OpenRequestResponse> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let command = parse_open(&self.0, network, asked).map_err(invalid)?;
        let opened = self
            .0
            .open_request(&caller, &command)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::OpenRequestResponse {
            request_id: opened.request.to_string(),
            joined: opened.joined,
        }))
    }

    async fn list_requests(
        &self,
        request: Request<pb::ListRequestsRequest>,
    ) -> Answer<pb::ListRequestsResponse> {
        let (_, network, asked) = parts(request, |r| &r.network)?;
        let state = RequestState::from_wire(asked.state());
        let page = asked.page.unwrap_or_default();
        let query = ListRequests {
            network,
            state,
            page_size: page.page_size,
            page_token: page.page_token,
        };
        let page = self.0.list_requests(&query).await.map_err(to_status)?;
        let requests = page
            .requests
            .iter()
            .map(|(row, waiting)| views::summary(row, waiting.clone()))
            .collect();
        Ok(Response::new(pb::ListRequestsResponse {
            requests,
            next_page_token: page.next,
        }))
    }

    async fn get_request(
        &self,
        request: Request<pb::GetRequestRequest>,
    ) -> Answer<pb::GetRequestResponse> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let id = id("request_id", &asked.request_id)?;
        let view = self
            .0
            .get_request(&caller, &network, id)
            .await
            .map_err(to_status)?;
        Ok(Response::new(views::request(
            view,
            self.0.settings.two_person,
        )))
    }

    async fn decide_request(
        &self,
        request: Request<pb::DecideRequestRequest>,
    ) -> Answer<pb::DecideRequestResponse> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let id = id("request_id", &asked.request_id)?;
        let decision = Decision::parse(&asked.decision, &asked.reason).map_err(invalid)?;
        let state = self
            .0
            .decide_request(&caller, &network, id, &decision)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::DecideRequestResponse {
            state: state.to_wire().into(),
        }))
    }

    async fn approve_request(
        &self,
        request: Request<pb::ApproveRequestRequest>,
    ) -> Answer<pb::ApproveRequestResponse> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let id = id("request_id", &asked.request_id)?;
        let state = self
            .0
            .approve_request(&caller, &network, id)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::ApproveRequestResponse {
            state: state.to_wire().into(),
        }))
    }

    async fn get_certificate(
        &self,
        request: Request<pb::GetCertificateRequest>,
    ) -> Answer<pb::GetCertificateResponse> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let id = id("request_id", &asked.request_id)?;
        let handed = self
            .0
            .get_certificate(&caller, &network, id)
            .await
            .map_err(to_status)?;
        let (document, amendments, commitment_nonce) =
            (handed.document, handed.amendments, handed.nonce);
        Ok(Response::new(pb::GetCertificateResponse {
            document,
            amendments,
            commitment_nonce,
        }))
    }

    type GetPackageStream =
        Pin<Box<dyn Stream<Item = Result<pb::GetPackageResponse, Status>> + Send>>;

    async fn get_package(
        &self,
        request: Request<pb::GetPackageRequest>,
    ) -> Answer<Self::GetPackageStream> {
        let (caller, network, asked) = parts(request, |r| &r.network)?;
        let id = id("request_id", &asked.request_id)?;
        let unknown = || {
            invalid(vec![Violation::new(
                "format",
                asked.format.as_str(),
                "json or html",
            )])
        };
        let format = Format::parse(&asked.format).ok_or_else(unknown)?;
        let (package, mut handing) = self
            .0
            .get_package(&caller, &network, id, format, &asked.purpose)
            .await
            .map_err(to_status)?;
        let chunks: Vec<_> = package.chunks(CHUNK).map(<[u8]>::to_vec).collect();
        let chunks = chunks.into_iter().map(move |chunk| {
            handing.count(chunk.len());
            Ok(pb::GetPackageResponse { chunk })
        });
        Ok(Response::new(Box::pin(futures::stream::iter(chunks))))
    }

    async fn list_holders(
        &self,
        request: Request<pb::ListHoldersRequest>,
    ) -> Answer<pb::ListHoldersResponse> {
        caller_of(&request)?;
        let rows = holders::all(&self.0.outbox.database().reader()).await;
        let rows =
            rows.map_err(|error| to_status(crate::app::error::RightsError::Database(error)))?;
        let mut holders = views::holders(rows, &self.0.settings.expected_holders);
        for holder in &mut holders {
            let copy = self.0.ledger.copy_view(&holder.holder).await;
            let copy =
                copy.map_err(|error| to_status(crate::app::error::RightsError::Ledger(error)))?;
            holder.access_log = Some(views::access_log(copy));
        }
        Ok(Response::new(pb::ListHoldersResponse { holders }))
    }

    async fn retire_holder(
        &self,
        request: Request<pb::RetireHolderRequest>,
    ) -> Answer<pb::RetireHolderResponse> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let entry = self
            .0
            .retire_holder(&caller, &asked.holder, &asked.reason)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::RetireHolderResponse {
            ledger_entry: entry,
        }))
    }
}

/// Everything that is wrong is reported at once.
fn parse_open(
    rights: &Rights,
    network: NetworkCode,
    asked: pb::OpenRequestRequest,
) -> Result<OpenRequest, Vec<Violation>> {
    let kind = RequestKind::from_wire(asked.kind());
    let command_id = Uuid::parse_str(&asked.command_id);
    let today = rights.clock.now().date_naive();
    let keys = SearchKeys::parse("keys", &asked.keys.unwrap_or_default(), today);
    let mut wrong = violations(&asked.identity_proof, &asked.note, &asked.language);
    if kind.is_none() {
        wrong.push(Violation::new("kind", "", "access or erasure"));
    }
    if command_id.is_err() {
        wrong.push(Violation::new(
            "command_id",
            asked.command_id.as_str(),
            "a UUID",
        ));
    }
    match (kind, command_id, keys) {
        (Some(kind), Ok(command_id), Ok(keys)) if wrong.is_empty() => Ok(OpenRequest {
            network,
            command_id,
            kind,
            keys,
            identity_proof: asked.identity_proof,
            note: asked.note,
            language: asked.language,
        }),
        (_, _, keys) => {
            wrong.extend(keys.err().unwrap_or_default());
            Err(wrong)
        }
    }
}
