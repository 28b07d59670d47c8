//! The posts of a network's provisioning system.

use std::sync::Arc;

use api::registry as pb;
use pb::provisioning_service_server::{ProvisioningService, ProvisioningServiceServer};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::{RefusedPost, Registry, SentPost};
use crate::domain::import::Rejection;

/// The registry to provisioning systems, over gRPC.
#[derive(Clone, Debug)]
pub struct ProvisioningGrpc {
    registry: Arc<Registry>,
}

impl ProvisioningGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> ProvisioningServiceServer<Self> {
        ProvisioningServiceServer::new(Self { registry })
    }
}

#[tonic::async_trait]
impl ProvisioningService for ProvisioningGrpc {
    async fn insert_posts(
        &self,
        request: Request<pb::InsertPostsRequest>,
    ) -> Result<Response<pb::InsertPostsResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let posts = request.into_inner().posts.into_iter().map(sent).collect();
        let inserted = self
            .registry
            .insert_posts(&network, posts)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::InsertPostsResponse {
            taken: u32::try_from(inserted.taken).unwrap_or(u32::MAX),
            rejected: inserted.refused.into_iter().map(refused).collect(),
            staged: inserted.staged,
        }))
    }

    async fn open_staged_session(
        &self,
        request: Request<pb::OpenStagedSessionRequest>,
    ) -> Result<Response<pb::OpenStagedSessionResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let opened = self
            .registry
            .open_staged_session(&network)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::OpenStagedSessionResponse {
            closes_at: Some(translate::timestamp(opened.closes_at)),
            dropped: opened.dropped,
        }))
    }
}

fn sent(post: pb::Post) -> SentPost {
    SentPost {
        key: post.key,
        fields: post
            .fields
            .into_iter()
            .map(|field| (field.name, field.value))
            .collect(),
    }
}

fn refused(post: RefusedPost) -> pb::RejectedPost {
    let line = post.place as u64;
    let rules = post.violations.into_iter();
    pb::RejectedPost {
        key: post.key,
        rules: rules
            .map(|violation| translate::rejection(Rejection { line, violation }))
            .collect(),
    }
}
