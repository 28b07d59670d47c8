//! The neighbour: a rights service with the ledger and the search keys that a test gives it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use api::privacy::SearchKeys;
use api::rights::holder_service_server::{HolderService, HolderServiceServer};
use api::rights::*;
use futures::stream::{self, BoxStream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

#[derive(Clone, Default)]
pub struct Rights {
    pub keys: Arc<Mutex<HashMap<String, SearchKeys>>>,
    /// What was handed in for requests of access.
    pub exports: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    /// What a holder that was put back replays.
    pub ledger: Arc<Mutex<Vec<StreamLedgerResponse>>>,
}

impl Rights {
    /// Serves on a free port until the runtime ends; its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server =
            tonic::transport::Server::builder().add_service(HolderServiceServer::new(self.clone()));
        tokio::spawn(
            server.serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener)),
        );
        url
    }
}

#[tonic::async_trait]
impl HolderService for Rights {
    type StreamLedgerStream = BoxStream<'static, Result<StreamLedgerResponse, Status>>;
    type StreamAccessBatchesStream =
        BoxStream<'static, Result<StreamAccessBatchesResponse, Status>>;

    async fn get_search_keys(
        &self,
        request: Request<GetSearchKeysRequest>,
    ) -> Result<Response<GetSearchKeysResponse>, Status> {
        let keys = self
            .keys
            .lock()
            .unwrap()
            .get(&request.get_ref().request_id)
            .cloned();
        Ok(Response::new(GetSearchKeysResponse {
            network: "SNFDMO".to_owned(),
            kind: RequestKind::Erasure.into(),
            keys: Some(keys.ok_or_else(|| Status::not_found("no such request"))?),
        }))
    }

    async fn submit_identifiers(
        &self,
        _: Request<SubmitIdentifiersRequest>,
    ) -> Result<Response<SubmitIdentifiersResponse>, Status> {
        Ok(Response::new(SubmitIdentifiersResponse {}))
    }

    async fn submit_export(
        &self,
        request: Request<Streaming<SubmitExportRequest>>,
    ) -> Result<Response<SubmitExportResponse>, Status> {
        let mut pieces = request.into_inner();
        let (mut id, mut document) = (String::new(), Vec::new());
        while let Some(piece) = pieces.message().await? {
            id = piece.request_id;
            document.extend(piece.chunk);
        }
        let bytes = document.len() as u64;
        self.exports.lock().unwrap().insert(id, document);
        Ok(Response::new(SubmitExportResponse { bytes }))
    }

    async fn stream_ledger(
        &self,
        request: Request<StreamLedgerRequest>,
    ) -> Result<Response<Self::StreamLedgerStream>, Status> {
        let after = request.get_ref().after;
        let ledger = self.ledger.lock().unwrap().clone();
        let entries = ledger.into_iter().filter(move |e| e.entry > after).map(Ok);
        Ok(Response::new(stream::iter(entries).boxed()))
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
            entry: self.ledger.lock().unwrap().last().map_or(0, |e| e.entry),
            hash: Vec::new(),
        }))
    }
}
