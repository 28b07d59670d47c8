//! The peer: a rights service that answers what the test has put into it, over real gRPC.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use api::privacy::{AccessLogSealed, SearchKeys};
use api::rights::holder_service_server::{HolderService, HolderServiceServer};
use api::rights::*;
use futures::stream::{self, BoxStream, StreamExt};
use service_kit::grpc::{ClientChannel, Endpoint, channel, with_token};
use tonic::{Request, Response, Status, Streaming};

#[derive(Clone, Default)]
pub struct Rights(Arc<Mutex<State>>);

#[derive(Default)]
pub struct State {
    pub keys: HashMap<String, SearchKeys>,
    pub submitted: Vec<SearchKeys>,
    pub exports: HashMap<String, Vec<u8>>,
    pub ledger: Vec<StreamLedgerResponse>,
    pub head: u64,
    /// The copies of the access log, as they arrived.
    pub copies: Vec<AccessLogSealed>,
    pub away: bool,
}

impl Rights {
    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    /// Serves on a free port until the runtime ends.
    pub async fn serve(&self) -> ClientChannel {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server =
            tonic::transport::Server::builder().add_service(HolderServiceServer::new(self.clone()));
        tokio::spawn(
            server.serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener)),
        );
        with_token(channel(&Endpoint { url, tls: None }).unwrap(), "token")
    }

    fn here(&self) -> Result<(), Status> {
        self.with(|s| {
            if s.away {
                Err(Status::unavailable("away"))
            } else {
                Ok(())
            }
        })
    }
}

#[tonic::async_trait]
impl HolderService for Rights {
    type StreamLedgerStream = BoxStream<'static, Result<StreamLedgerResponse, Status>>;
    type StreamAccessBatchesStream =
        BoxStream<'static, Result<StreamAccessBatchesResponse, Status>>;

    async fn get_search_keys(
        &self,
        r: Request<GetSearchKeysRequest>,
    ) -> Result<Response<GetSearchKeysResponse>, Status> {
        self.here()?;
        let keys = self.with(|s| s.keys.get(&r.get_ref().request_id).cloned());
        let keys = keys.ok_or_else(|| Status::not_found("no such request"))?;
        let network = crate::diary::network().as_str().to_owned();
        Ok(Response::new(GetSearchKeysResponse {
            network,
            kind: RequestKind::Erasure.into(),
            keys: Some(keys),
        }))
    }

    async fn submit_identifiers(
        &self,
        r: Request<SubmitIdentifiersRequest>,
    ) -> Result<Response<SubmitIdentifiersResponse>, Status> {
        self.with(|s| s.submitted.push(r.into_inner().found.unwrap()));
        Ok(Response::new(SubmitIdentifiersResponse {}))
    }

    async fn submit_export(
        &self,
        r: Request<Streaming<SubmitExportRequest>>,
    ) -> Result<Response<SubmitExportResponse>, Status> {
        let mut pieces = r.into_inner();
        let (mut id, mut document) = (String::new(), Vec::new());
        while let Some(piece) = pieces.message().await? {
            id = piece.request_id;
            document.extend(piece.chunk);
        }
        let bytes = document.len() as u64;
        self.with(|s| s.exports.insert(id, document));
        Ok(Response::new(SubmitExportResponse { bytes }))
    }

    async fn stream_ledger(
        &self,
        r: Request<StreamLedgerRequest>,
    ) -> Result<Response<Self::StreamLedgerStream>, Status> {
        self.here()?;
        let after = r.get_ref().after;
        let entries: Vec<_> = self.with(|s| {
            s.ledger
                .iter()
                .filter(|e| e.entry > after)
                .cloned()
                .map(Ok)
                .collect()
        });
        Ok(Response::new(stream::iter(entries).boxed()))
    }

    async fn stream_access_batches(
        &self,
        r: Request<StreamAccessBatchesRequest>,
    ) -> Result<Response<Self::StreamAccessBatchesStream>, Status> {
        self.here()?;
        let after = usize::try_from(r.get_ref().after).unwrap();
        let copies = self.with(|s| s.copies.clone()).into_iter().zip(1_u64..);
        let copies: Vec<_> = copies
            .skip(after)
            .map(|(batch, position)| {
                Ok(StreamAccessBatchesResponse {
                    position,
                    batch: Some(batch),
                })
            })
            .collect();
        Ok(Response::new(stream::iter(copies).boxed()))
    }

    async fn get_ledger_head(
        &self,
        _: Request<GetLedgerHeadRequest>,
    ) -> Result<Response<GetLedgerHeadResponse>, Status> {
        self.here()?;
        Ok(Response::new(GetLedgerHeadResponse {
            entry: self.with(|s| s.head),
            hash: Vec::new(),
        }))
    }
}
