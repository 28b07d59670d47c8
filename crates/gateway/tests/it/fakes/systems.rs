//! Providers' systems of HAM, as the orders service would answer.

use api::orders::provider_system_service_server::ProviderSystemService;
use api::orders::*;
use kernel::Violation;
use service_kit::error::{ErrorKind, refusal, to_status};
use tonic::{Request, Response, Status};

use super::Fakes;
use super::contracts::Broken;

/// What there is, and what was asked.
#[derive(Default)]
pub struct Systems {
    pub entered: Vec<ProviderSystem>,
    pub pull: GetProductPullResponse,
    pub handovers: Vec<Handover>,
    pub put: Vec<PutProviderSystemRequest>,
    pub pulled: usize,
    pub tried: TryProviderSystemResponse,
    pub listed: Option<ListHandoversRequest>,
    pub resent: Vec<ResendHandoverRequest>,
    pub confirmed: Vec<ConfirmHandoverRequest>,
}

fn elsewhere<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("no page of the gateway asks this"))
}

fn no_system() -> Status {
    let reason = "PROVIDER_SYSTEM_NOT_FOUND";
    refusal(ErrorKind::NotFound, reason, "no such system")
}

#[tonic::async_trait]
impl ProviderSystemService for Fakes {
    async fn put_provider_system(
        &self,
        request: Request<PutProviderSystemRequest>,
    ) -> Result<Response<PutProviderSystemResponse>, Status> {
        self.note("PutProviderSystem", &request);
        let asked = request.into_inner();
        let system = asked.system.clone().unwrap_or_default();
        let mut seen = self.seen();
        if !system.base_url.starts_with("https://") {
            let wrong = ["system.base_url", "system.user_name", "system.password"];
            let wrong = wrong.map(|field| Violation::new(field, "", "a rule"));
            return Err(to_status(Broken(wrong.into())));
        }
        let known = seen.systems.entered.iter().map(|one| one.version).max();
        if known.unwrap_or_default() != asked.expected_version {
            return Err(refusal(ErrorKind::Conflict, "VERSION_CHANGED", "changed"));
        }
        seen.systems.put.push(asked);
        Ok(Response::new(PutProviderSystemResponse {
            system: Some(system),
        }))
    }

    async fn list_provider_systems(
        &self,
        _: Request<ListProviderSystemsRequest>,
    ) -> Result<Response<ListProviderSystemsResponse>, Status> {
        Ok(Response::new(ListProviderSystemsResponse {
            systems: self.seen().systems.entered.clone(),
        }))
    }

    async fn remove_provider_system(
        &self,
        request: Request<RemoveProviderSystemRequest>,
    ) -> Result<Response<RemoveProviderSystemResponse>, Status> {
        let asked = request.into_inner();
        let mut seen = self.seen();
        let all = &mut seen.systems.entered;
        let before = all.len();
        all.retain(|one| {
            (&one.provider_id, one.version) != (&asked.provider_id, asked.expected_version)
        });
        if all.len() == before {
            return Err(no_system());
        }
        Ok(Response::new(RemoveProviderSystemResponse {}))
    }

    async fn try_provider_system(
        &self,
        _: Request<TryProviderSystemRequest>,
    ) -> Result<Response<TryProviderSystemResponse>, Status> {
        Ok(Response::new(self.seen().systems.tried.clone()))
    }

    async fn list_handovers(
        &self,
        request: Request<ListHandoversRequest>,
    ) -> Result<Response<ListHandoversResponse>, Status> {
        self.note("ListHandovers", &request);
        let mut seen = self.seen();
        seen.systems.listed = Some(request.into_inner());
        Ok(Response::new(ListHandoversResponse {
            handovers: seen.systems.handovers.clone(),
            next_page_token: "two".into(),
        }))
    }

    async fn resend_handover(
        &self,
        request: Request<ResendHandoverRequest>,
    ) -> Result<Response<ResendHandoverResponse>, Status> {
        self.seen().systems.resent.push(request.into_inner());
        Ok(Response::new(ResendHandoverResponse {}))
    }

    async fn confirm_handover(
        &self,
        request: Request<ConfirmHandoverRequest>,
    ) -> Result<Response<ConfirmHandoverResponse>, Status> {
        let asked = request.into_inner();
        if asked.expected() != HandoverState::Uncertain {
            return Err(refusal(ErrorKind::Conflict, "HANDOVER_MOVED", "moved"));
        }
        self.seen().systems.confirmed.push(asked);
        Ok(Response::new(ConfirmHandoverResponse {}))
    }

    async fn activate_for_provider(
        &self,
        _: Request<ActivateForProviderRequest>,
    ) -> Result<Response<ActivateForProviderResponse>, Status> {
        elsewhere()
    }

    async fn pull_products(
        &self,
        _: Request<PullProductsRequest>,
    ) -> Result<Response<PullProductsResponse>, Status> {
        self.seen().systems.pulled += 1;
        Ok(Response::new(PullProductsResponse {}))
    }

    async fn get_product_pull(
        &self,
        _: Request<GetProductPullRequest>,
    ) -> Result<Response<GetProductPullResponse>, Status> {
        Ok(Response::new(self.seen().systems.pull.clone()))
    }

    async fn ask_provider_contacts(
        &self,
        _: Request<AskProviderContactsRequest>,
    ) -> Result<Response<AskProviderContactsResponse>, Status> {
        elsewhere()
    }

    async fn sign_portal_link(
        &self,
        _: Request<SignPortalLinkRequest>,
    ) -> Result<Response<SignPortalLinkResponse>, Status> {
        elsewhere()
    }
}
