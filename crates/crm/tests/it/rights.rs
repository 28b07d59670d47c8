//! A rights service with an empty ledger: it opens the fence and asks for nothing.

use api::rights::holder_service_server::{HolderService, HolderServiceServer};
use api::rights::*;
use futures::stream::{self, BoxStream, StreamExt};
use service_kit::grpc::Endpoint;
use tonic::{Request, Response, Status, Streaming};

pub struct Rights;

impl Rights {
    /// Serves on a free port until the runtime ends.
    pub async fn serve() -> Endpoint {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server =
            tonic::transport::Server::builder().add_service(HolderServiceServer::new(Self));
        tokio::spawn(
            server.serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener)),
        );
        Endpoint::plain(address)
    }
}

#[tonic::async_trait]
impl HolderService for Rights {
    type StreamLedgerStream = BoxStream<'static, Result<StreamLedgerResponse, Status>>;
    type StreamAccessBatchesStream =
        BoxStream<'static, Result<StreamAccessBatchesResponse, Status>>;

    async fn get_search_keys(
        &self,
        _: Request<GetSearchKeysRequest>,
    ) -> Result<Response<GetSearchKeysResponse>, Status> {
        Err(Status::not_found("no request is open"))
    }

    async fn submit_identifiers(
        &self,
        _: Request<SubmitIdentifiersRequest>,
    ) -> Result<Response<SubmitIdentifiersResponse>, Status> {
        Err(Status::not_found("no request is open"))
    }

    async fn submit_export(
        &self,
        _: Request<Streaming<SubmitExportRequest>>,
    ) -> Result<Response<SubmitExportResponse>, Status> {
        Err(Status::not_found("no request is open"))
    }

    async fn stream_ledger(
        &self,
        _: Request<StreamLedgerRequest>,
    ) -> Result<Response<Self::StreamLedgerStream>, Status> {
        Ok(Response::new(stream::empty().boxed()))
    }

    async fn stream_access_batches(
        &self,
        _: Request<StreamAccessBatchesRequest>,
    ) -> Result<Response<Self::StreamAccessBatchesStream>, Status> {
        Ok(Response::new(stream::empty().boxed()))
    }

    async fn get_ledger_head(
        &self,
        _: Request<GetLedgerHeadRequest>,
    ) -> Result<Response<GetLedgerHeadResponse>, Status> {
        Ok(Response::new(GetLedgerHeadResponse {
            entry: 0,
            hash: Vec::new(),
        }))
    }
}
