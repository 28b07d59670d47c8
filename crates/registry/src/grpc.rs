//! gRPC of the registry: translate, call, translate.

mod contracts;
mod decide;
mod edit;
mod import;
mod market;
mod places;
mod protected;
mod provisioning;
mod pull;
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

pub use contracts::ContractGrpc;
pub use market::MarketGrpc;
pub use protected::ProtectedResidentGrpc;
pub use provisioning::ProvisioningGrpc;
pub use pull::PullGrpc;

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

    async fn preview_import(
        &self,
        request: Request<pb::PreviewImportRequest>,
    ) -> Result<Response<pb::PreviewImportResponse>, Status> {
        decide::preview_import(&self.registry, request).await
    }

    type ApplyImportStream = decide::ProgressStream;

    async fn apply_import(
        &self,
        request: Request<pb::ApplyImportRequest>,
    ) -> Result<Response<Self::ApplyImportStream>, Status> {
        decide::apply_import(&self.registry, &request)
    }

    type UndoImportStream = decide::ProgressStream;

    async fn undo_import(
        &self,
        request: Request<pb::UndoImportRequest>,
    ) -> Result<Response<Self::UndoImportStream>, Status> {
        decide::undo_import(&self.registry, &request)
    }

    async fn drop_import(
        &self,
        request: Request<pb::DropImportRequest>,
    ) -> Result<Response<pb::DropImportResponse>, Status> {
        decide::drop_import(&self.registry, request).await
    }

    type StreamRejectedRowsStream = decide::RejectedStream;

    async fn stream_rejected_rows(
        &self,
        request: Request<pb::StreamRejectedRowsRequest>,
    ) -> Result<Response<Self::StreamRejectedRowsStream>, Status> {
        decide::stream_rejected_rows(&self.registry, request).await
    }

    async fn edit_access(
        &self,
        request: Request<pb::EditAccessRequest>,
    ) -> Result<Response<pb::EditAccessResponse>, Status> {
        edit::edit_access(&self.registry, request).await
    }

    async fn get_access_on(
        &self,
        request: Request<pb::GetAccessOnRequest>,
    ) -> Result<Response<pb::GetAccessOnResponse>, Status> {
        edit::get_access_on(&self.registry, request).await
    }

    async fn search_places(
        &self,
        request: Request<pb::SearchPlacesRequest>,
    ) -> Result<Response<pb::SearchPlacesResponse>, Status> {
        places::search_places(&self.registry, &request)
    }

    async fn match_address(
        &self,
        request: Request<pb::MatchAddressRequest>,
    ) -> Result<Response<pb::MatchAddressResponse>, Status> {
        places::match_address(&self.registry, request)
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

    async fn find_residents(
        &self,
        request: Request<pb::FindResidentsRequest>,
    ) -> Result<Response<pb::FindResidentsResponse>, Status> {
        staff::find_residents(&self.registry, request).await
    }

    async fn find_accesses_at(
        &self,
        request: Request<pb::FindAccessesAtRequest>,
    ) -> Result<Response<pb::FindAccessesAtResponse>, Status> {
        places::find_accesses_at(&self.registry, request).await
    }
}
