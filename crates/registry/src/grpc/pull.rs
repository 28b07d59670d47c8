//! `PullService`: address files that are fetched, begun by hand and looked at.

use std::sync::Arc;

use api::registry as pb;
use pb::pull_service_server::{PullService, PullServiceServer};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::{Known, PullState, Registry};

/// The service over its application.
#[derive(Clone, Debug)]
pub struct PullGrpc(Arc<Registry>);

impl PullGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> PullServiceServer<Self> {
        PullServiceServer::new(Self(registry))
    }
}

#[tonic::async_trait]
impl PullService for PullGrpc {
    async fn start_pull(
        &self,
        request: Request<pb::StartPullRequest>,
    ) -> Result<Response<pb::StartPullResponse>, Status> {
        let asked = request.get_ref();
        let network = network(&request, &asked.network)?;
        let known = if asked.again {
            Known::Again
        } else {
            Known::Skip
        };
        let state = self.0.pull_now(&network, known).await.map_err(to_status)?;
        Ok(Response::new(pb::StartPullResponse {
            pull: Some(out(network.to_string(), state)),
        }))
    }

    async fn get_pull(
        &self,
        request: Request<pb::GetPullRequest>,
    ) -> Result<Response<pb::GetPullResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let state = self.0.pull_state(&network).await.map_err(to_status)?;
        Ok(Response::new(pb::GetPullResponse {
            pull: Some(out(network.to_string(), state)),
        }))
    }
}

fn out(network: String, state: PullState) -> pb::Pull {
    let mut pull = pb::Pull {
        network,
        running: state.is_running,
        alarm_failed: state.has_failed,
        alarm_late: state.is_late,
        planned_at: Some(translate::timestamp(state.next)),
        ..pb::Pull::default()
    };
    if let Some(row) = state.row {
        pull.outcome = row.outcome;
        pull.failure = row.failure;
        pull.http_status = row.http_status.and_then(|status| status.try_into().ok());
        pull.import_id = row.import_id.map(|id| id.to_string()).unwrap_or_default();
        pull.attempts = row.attempts.try_into().unwrap_or(u32::MAX);
        pull.begun_at = row.begun_at.map(translate::timestamp);
        pull.ended_at = row.ended_at.map(translate::timestamp);
        pull.succeeded_at = row.succeeded_at.map(translate::timestamp);
        pull.next_attempt_at = row.next_attempt_at.map(translate::timestamp);
    }
    pull
}
