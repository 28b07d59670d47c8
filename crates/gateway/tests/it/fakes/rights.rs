use api::rights::rights_service_server::RightsService;
use api::rights::*;
use prost_types::Timestamp;
use tonic::{Request, Response, Status};

use super::Fakes;

pub const ID: &str = "0192b3c4-0000-7000-8000-000000000004";

impl Fakes {
    fn summary(&self) -> RequestSummary {
        let seen = self.seen();
        let state = match (seen.decided.as_str(), seen.approved) {
            ("proceed", false) => RequestState::AwaitingApproval,
            ("proceed", true) => RequestState::Completed,
            ("refuse", _) => RequestState::Refused,
            _ => RequestState::AwaitingDecision,
        };
        RequestSummary {
            request_id: ID.into(),
            kind: RequestKind::Erasure.into(),
            state: state.into(),
            deadline_at: Some(Timestamp {
                seconds: 1_790_000_010 + 3 * 86_400,
                nanos: 0,
            }),
            waiting_for: vec!["orders".into()],
            ..RequestSummary::default()
        }
    }
}

#[tonic::async_trait]
impl RightsService for Fakes {
    async fn open_request(
        &self,
        request: Request<OpenRequestRequest>,
    ) -> Result<Response<OpenRequestResponse>, Status> {
        self.note("OpenRequest", &request);
        self.seen().opened = Some(request.into_inner());
        Ok(Response::new(OpenRequestResponse {
            request_id: ID.into(),
            joined: false,
        }))
    }

    async fn list_requests(
        &self,
        _: Request<ListRequestsRequest>,
    ) -> Result<Response<ListRequestsResponse>, Status> {
        Ok(Response::new(ListRequestsResponse {
            requests: vec![self.summary()],
            next_page_token: String::new(),
        }))
    }

    async fn get_request(
        &self,
        _: Request<GetRequestRequest>,
    ) -> Result<Response<GetRequestResponse>, Status> {
        let category = |category: &str, rows| CategoryView {
            category: category.into(),
            rows,
            action: "erase".into(),
            ..CategoryView::default()
        };
        let holder = |holder: &str, categories| HolderView {
            holder: holder.into(),
            state: "discovered".into(),
            categories,
            ..HolderView::default()
        };
        let [staff, audit] = gateway::personal_data::DATA_MAP.categories else {
            panic!("the gateway has two categories");
        };
        let own = vec![category(staff.name, 17), category(audit.name, 0)];
        Ok(Response::new(GetRequestResponse {
            request: Some(self.summary()),
            holders: vec![
                holder("gateway", own),
                holder("crm", vec![category("contact", 0)]),
            ],
            identity_number_masked: "19900118-****".into(),
            identity_proof: "in_person".into(),
            two_person: true,
            ..GetRequestResponse::default()
        }))
    }

    async fn decide_request(
        &self,
        request: Request<DecideRequestRequest>,
    ) -> Result<Response<DecideRequestResponse>, Status> {
        if !self.seen().decided.is_empty() {
            return Err(Status::failed_precondition("decided already"));
        }
        self.seen().decided = request.into_inner().decision;
        Ok(Response::new(DecideRequestResponse {
            state: RequestState::AwaitingApproval.into(),
        }))
    }

    async fn approve_request(
        &self,
        _: Request<ApproveRequestRequest>,
    ) -> Result<Response<ApproveRequestResponse>, Status> {
        self.seen().approved = true;
        Ok(Response::new(ApproveRequestResponse {
            state: RequestState::Executing.into(),
        }))
    }

    async fn get_certificate(
        &self,
        _: Request<GetCertificateRequest>,
    ) -> Result<Response<GetCertificateResponse>, Status> {
        let document = b"{\"signed\":true}".to_vec();
        Ok(Response::new(GetCertificateResponse {
            document,
            amendments: vec![b"{\"amends\":1}".to_vec()],
            commitment_nonce: "n0nce".into(),
        }))
    }

    type GetPackageStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<GetPackageResponse, Status>>>;

    async fn get_package(
        &self,
        request: Request<GetPackageRequest>,
    ) -> Result<Response<Self::GetPackageStream>, Status> {
        self.seen().purpose.clone_from(&request.get_ref().purpose);
        let pieces = [&b"{\"pie"[..], &b"ces\":2}"[..]].map(|chunk| {
            Ok(GetPackageResponse {
                chunk: chunk.to_vec(),
            })
        });
        Ok(Response::new(tokio_stream::iter(Vec::from(pieces))))
    }

    async fn list_holders(
        &self,
        _: Request<ListHoldersRequest>,
    ) -> Result<Response<ListHoldersResponse>, Status> {
        let data_map = gateway::personal_data::DATA_MAP.to_json();
        let holder = Holder {
            holder: "gateway".into(),
            version: "1".into(),
            data_map,
            access_log: Some(AccessLogCopy {
                lines: 3,
                open_findings: 1,
                findings: vec![AccessLogFinding {
                    reason: "gap".into(),
                    epoch: 1,
                    number: 2,
                    ..AccessLogFinding::default()
                }],
                ..AccessLogCopy::default()
            }),
            ..Holder::default()
        };
        Ok(Response::new(ListHoldersResponse {
            holders: vec![holder],
        }))
    }

    async fn retire_holder(
        &self,
        _: Request<RetireHolderRequest>,
    ) -> Result<Response<RetireHolderResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}
