//! The services that the orders service asks, as far as it asks them: real servers, invented answers.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use api as pb;
use futures::Stream;
use pb::registry::registry_service_server::{RegistryService, RegistryServiceServer};
use pb::rights::holder_service_server::{HolderService, HolderServiceServer};
use service_kit::caller::{Caller, TokenVerifier};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, Streaming};

/// Places by handle, search keys by request.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub places: Arc<Mutex<HashMap<String, pb::registry::ResolvePlaceResponse>>>,
    pub keys: Arc<Mutex<HashMap<String, pb::rights::GetSearchKeysResponse>>>,
    /// What was exported for a person, as it came.
    pub exported: Arc<Mutex<Vec<u8>>>,
}

#[derive(Clone)]
struct Neighbour {
    known: Known,
    verifier: TokenVerifier,
}

impl Neighbour {
    /// Only the orders service, speaking for itself, is answered.
    fn check<T>(&self, request: &Request<T>) -> Result<(), Status> {
        let header = request
            .metadata()
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        let caller = self
            .verifier
            .verify(token)
            .map_err(|error| Status::unauthenticated(error.to_string()))?;
        if caller == Caller::service("orders") {
            Ok(())
        } else {
            Err(Status::permission_denied("not orders"))
        }
    }
}

/// Serves registry and rights on free ports; the urls.
pub async fn serve(
    known: Known,
    registry: TokenVerifier,
    rights: TokenVerifier,
) -> (String, String) {
    let registry = RegistryServiceServer::new(Neighbour {
        known: known.clone(),
        verifier: registry,
    });
    let rights = HolderServiceServer::new(Neighbour {
        known,
        verifier: rights,
    });
    let (a, b) = (
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    );
    let urls = (
        format!("http://{}", a.local_addr().unwrap()),
        format!("http://{}", b.local_addr().unwrap()),
    );
    let serve = tonic::transport::Server::builder()
        .add_service(registry)
        .serve_with_incoming(TcpListenerStream::new(a));
    tokio::spawn(serve);
    let serve = tonic::transport::Server::builder()
        .add_service(rights)
        .serve_with_incoming(TcpListenerStream::new(b));
    tokio::spawn(serve);
    urls
}

fn never<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("the orders service never asks this"))
}

#[tonic::async_trait]
impl RegistryService for Neighbour {
    async fn resolve_place(
        &self,
        request: Request<pb::registry::ResolvePlaceRequest>,
    ) -> Result<Response<pb::registry::ResolvePlaceResponse>, Status> {
        self.check(&request)?;
        let asked = request.get_ref();
        if asked.provider_id == "utanavtal" {
            let kind = service_kit::error::ErrorKind::Denied;
            return Err(service_kit::error::refusal(
                kind,
                "CONTRACT_MISSING",
                "no contract",
            ));
        }
        let places = self.known.places.lock().unwrap();
        let place = match asked.access_id.as_str() {
            "" => places.get(&asked.handle).cloned(),
            access => {
                let mut known = places.values();
                known.find(|place| place.access_id == access).cloned()
            }
        };
        place
            .map(Response::new)
            .ok_or_else(|| Status::not_found("no such place"))
    }

    async fn import_address_file(
        &self,
        _: Request<Streaming<pb::registry::ImportAddressFileRequest>>,
    ) -> Result<Response<pb::registry::ImportAddressFileResponse>, Status> {
        never()
    }

    async fn preview_import(
        &self,
        _: Request<pb::registry::PreviewImportRequest>,
    ) -> Result<Response<pb::registry::PreviewImportResponse>, Status> {
        never()
    }

    type ApplyImportStream = tokio_stream::Empty<Result<pb::registry::ImportProgress, Status>>;

    async fn apply_import(
        &self,
        _: Request<pb::registry::ApplyImportRequest>,
    ) -> Result<Response<Self::ApplyImportStream>, Status> {
        never()
    }

    type UndoImportStream = tokio_stream::Empty<Result<pb::registry::ImportProgress, Status>>;

    async fn undo_import(
        &self,
        _: Request<pb::registry::UndoImportRequest>,
    ) -> Result<Response<Self::UndoImportStream>, Status> {
        never()
    }

    async fn drop_import(
        &self,
        _: Request<pb::registry::DropImportRequest>,
    ) -> Result<Response<pb::registry::DropImportResponse>, Status> {
        never()
    }

    type StreamRejectedRowsStream =
        tokio_stream::Empty<Result<pb::registry::StreamRejectedRowsResponse, Status>>;

    async fn stream_rejected_rows(
        &self,
        _: Request<pb::registry::StreamRejectedRowsRequest>,
    ) -> Result<Response<Self::StreamRejectedRowsStream>, Status> {
        never()
    }

    async fn edit_access(
        &self,
        _: Request<pb::registry::EditAccessRequest>,
    ) -> Result<Response<pb::registry::EditAccessResponse>, Status> {
        never()
    }

    async fn get_access_on(
        &self,
        _: Request<pb::registry::GetAccessOnRequest>,
    ) -> Result<Response<pb::registry::GetAccessOnResponse>, Status> {
        never()
    }

    async fn list_imports(
        &self,
        _: Request<pb::registry::ListImportsRequest>,
    ) -> Result<Response<pb::registry::ListImportsResponse>, Status> {
        never()
    }

    async fn get_import(
        &self,
        _: Request<pb::registry::GetImportRequest>,
    ) -> Result<Response<pb::registry::GetImportResponse>, Status> {
        never()
    }

    async fn search_places(
        &self,
        _: Request<pb::registry::SearchPlacesRequest>,
    ) -> Result<Response<pb::registry::SearchPlacesResponse>, Status> {
        never()
    }

    async fn match_address(
        &self,
        _: Request<pb::registry::MatchAddressRequest>,
    ) -> Result<Response<pb::registry::MatchAddressResponse>, Status> {
        never()
    }

    async fn get_place(
        &self,
        _: Request<pb::registry::GetPlaceRequest>,
    ) -> Result<Response<pb::registry::GetPlaceResponse>, Status> {
        never()
    }

    async fn get_access(
        &self,
        _: Request<pb::registry::GetAccessRequest>,
    ) -> Result<Response<pb::registry::GetAccessResponse>, Status> {
        never()
    }

    async fn list_accesses(
        &self,
        _: Request<pb::registry::ListAccessesRequest>,
    ) -> Result<Response<pb::registry::ListAccessesResponse>, Status> {
        never()
    }

    async fn find_residents(
        &self,
        _: Request<pb::registry::FindResidentsRequest>,
    ) -> Result<Response<pb::registry::FindResidentsResponse>, Status> {
        never()
    }

    async fn find_accesses_at(
        &self,
        _: Request<pb::registry::FindAccessesAtRequest>,
    ) -> Result<Response<pb::registry::FindAccessesAtResponse>, Status> {
        never()
    }
}

type Batches =
    Pin<Box<dyn Stream<Item = Result<pb::rights::StreamAccessBatchesResponse, Status>> + Send>>;
type Entries = Pin<Box<dyn Stream<Item = Result<pb::rights::StreamLedgerResponse, Status>> + Send>>;

#[tonic::async_trait]
impl HolderService for Neighbour {
    type StreamLedgerStream = Entries;
    type StreamAccessBatchesStream = Batches;

    async fn get_search_keys(
        &self,
        request: Request<pb::rights::GetSearchKeysRequest>,
    ) -> Result<Response<pb::rights::GetSearchKeysResponse>, Status> {
        self.check(&request)?;
        let keys = self.known.keys.lock().unwrap();
        let keys = keys.get(&request.get_ref().request_id).cloned();
        keys.map(Response::new)
            .ok_or_else(|| Status::not_found("no such request"))
    }

    async fn submit_identifiers(
        &self,
        request: Request<pb::rights::SubmitIdentifiersRequest>,
    ) -> Result<Response<pb::rights::SubmitIdentifiersResponse>, Status> {
        self.check(&request)?;
        Ok(Response::new(pb::rights::SubmitIdentifiersResponse {}))
    }

    async fn submit_export(
        &self,
        request: Request<Streaming<pb::rights::SubmitExportRequest>>,
    ) -> Result<Response<pb::rights::SubmitExportResponse>, Status> {
        self.check(&request)?;
        let mut pieces = request.into_inner();
        let mut document = Vec::new();
        while let Some(piece) = pieces.message().await? {
            document.extend(piece.chunk);
        }
        let bytes = document.len() as u64;
        *self.known.exported.lock().unwrap() = document;
        Ok(Response::new(pb::rights::SubmitExportResponse { bytes }))
    }

    async fn stream_ledger(
        &self,
        request: Request<pb::rights::StreamLedgerRequest>,
    ) -> Result<Response<Entries>, Status> {
        self.check(&request)?;
        Ok(Response::new(Box::pin(futures::stream::empty())))
    }

    async fn stream_access_batches(
        &self,
        request: Request<pb::rights::StreamAccessBatchesRequest>,
    ) -> Result<Response<Self::StreamAccessBatchesStream>, Status> {
        self.check(&request)?;
        Ok(Response::new(Box::pin(futures::stream::empty())))
    }

    async fn get_ledger_head(
        &self,
        request: Request<pb::rights::GetLedgerHeadRequest>,
    ) -> Result<Response<pb::rights::GetLedgerHeadResponse>, Status> {
        self.check(&request)?;
        Ok(Response::new(pb::rights::GetLedgerHeadResponse {
            entry: 0,
            hash: Vec::new(),
        }))
    }
}
