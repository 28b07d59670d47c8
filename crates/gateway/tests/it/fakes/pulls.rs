//! The registry's nightly file: as a test has put it, and begun when somebody asks for it.

use api::registry::pull_service_server::PullService;
use api::registry::*;
use service_kit::error::{ErrorKind, refusal};
use tonic::{Request, Response, Status};

use super::Fakes;

impl Fakes {
    fn pull(&self) -> Result<Pull, Status> {
        let none = || {
            refusal(
                ErrorKind::NotFound,
                "PULL_NOT_CONFIGURED",
                "none is fetched",
            )
        };
        self.seen().pull.clone().ok_or_else(none)
    }
}

#[tonic::async_trait]
impl PullService for Fakes {
    async fn start_pull(
        &self,
        request: Request<StartPullRequest>,
    ) -> Result<Response<StartPullResponse>, Status> {
        self.note("StartPull", &request);
        let mut pull = self.pull()?;
        if pull.running {
            return Err(refusal(ErrorKind::Precondition, "PULL_RUNS", "it is at it"));
        }
        pull.running = true;
        self.seen().pull = Some(pull.clone());
        self.seen().pulled_again.push(request.get_ref().again);
        Ok(Response::new(StartPullResponse { pull: Some(pull) }))
    }

    async fn get_pull(
        &self,
        request: Request<GetPullRequest>,
    ) -> Result<Response<GetPullResponse>, Status> {
        self.note("GetPull", &request);
        Ok(Response::new(GetPullResponse {
            pull: Some(self.pull()?),
        }))
    }
}
