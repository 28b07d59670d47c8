//! gRPC of the registry: translate, call, translate.

mod import;
mod places;
mod staff;
mod translate;

use std::sync::Arc;

use api::registry as pb;
use kernel::NetworkCode;
use pb::registry_service_server::{RegistryService, RegistryServiceServer};
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tonic::{Request, Response, Status, Streaming};

use crate::app::Registry;

/// The registry over gRPC.
#[derive(Clone, Debug)]
pub struct RegistryGrpc {
    registry: Arc<Registry>,
}

impl RegistryGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> RegistryServiceServer<Self> {
        RegistryServiceServer::new(Self { registry })
            .max_decoding_message_size(2 * crate::domain::limits::CHUNK_BYTES_MAX)
    }
}

/// The network of a request, which the caller must be allowed to name.
fn network<T>(request: &Request<T>, asked: &str) -> Result<NetworkCode, Status> {
    caller_of(request)?.network(asked).map_err(to_status)
}

#[tonic::async_trait]
impl RegistryService for RegistryGrpc {
    async fn import_address_file(
        &self,
        request: Request<Streaming<pb::ImportAddressFileRequest>>,
    ) -> Result<Response<pb::ImportAddressFileResponse>, Status> {
        import::import_address_file(&self.registry, request).await
    }

    async fn list_imports(
        &self,
        request: Request<pb::ListImportsRequest>,
    ) -> Result<Response<pb::ListImportsResponse>, Status> {
        import::list_imports(&self.registry, request).await
    }

    async fn get_import(
        &self,
        request: Request<pb::GetImportRequest>,
    ) -> Result<Response<pb::GetImportResponse>, Status> {
        import::get_import(&self.registry, request).await
    }

    async fn search_places(
        &self,
        request: Request<pb::SearchPlacesRequest>,
    ) -> Result<Response<pb::SearchPlacesResponse>, Status> {
        places::search_places(&self.registry, &request)
    }

    async fn get_place(
        &self,
        request: Request<pb::GetPlaceRequest>,
    ) -> Result<Response<pb::GetPlaceResponse>, Status> {
        places::get_place(&self.registry, request).await
    }

    async fn resolve_place(
        &self,
        request: Request<pb::ResolvePlaceRequest>,
    ) -> Result<Response<pb::ResolvePlaceResponse>, Status> {
        places::resolve_place(&self.registry, request).await
    }

    async fn get_access(
        &self,
        request: Request<pb::GetAccessRequest>,
    ) -> Result<Response<pb::GetAccessResponse>, Status> {
        staff::get_access(&self.registry, request).await
    }

    async fn list_accesses(
        &self,
        request: Request<pb::ListAccessesRequest>,
    ) -> Result<Response<pb::ListAccessesResponse>, Status> {
        staff::list_accesses(&self.registry, request).await
    }
}
