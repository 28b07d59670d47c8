//! What enrolled holders ask.

use std::pin::Pin;

use api::privacy::{AccessLogSealed, Signed};
use api::rights as pb;
use api::rights::holder_service_server::HolderService;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use prost::Message as _;
use service_kit::caller::{Caller, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::{id, invalid};
use crate::app::Rights;
use crate::app::effects::timestamp;
use crate::app::error::RightsError;
use crate::app::submit_export::EXPORT_BYTES_MAX;
use crate::domain::search_keys::SearchKeys;
use crate::ledger::{KeptCopy, LedgerError, Order};
use crate::store::words;

type Answer<T> = Result<Response<T>, Status>;

pub(super) struct Holders(pub(super) Rights);

#[tonic::async_trait]
impl HolderService for Holders {
    async fn get_search_keys(
        &self,
        request: Request<pb::GetSearchKeysRequest>,
    ) -> Answer<pb::GetSearchKeysResponse> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let id = id("request_id", &asked.request_id)?;
        let found = self
            .0
            .search_keys(&caller, id, asked.round)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::GetSearchKeysResponse {
            network: found.network,
            kind: found.kind.to_wire().into(),
            keys: Some(found.keys),
        }))
    }

    async fn submit_identifiers(
        &self,
        request: Request<pb::SubmitIdentifiersRequest>,
    ) -> Answer<pb::SubmitIdentifiersResponse> {
        let caller = caller_of(&request)?.clone();
        let asked = request.into_inner();
        let id = id("request_id", &asked.request_id)?;
        let today = self.0.clock.now().date_naive();
        let found =
            SearchKeys::parse("found", &asked.found.unwrap_or_default(), today).map_err(invalid)?;
        self.0
            .submit_identifiers(&caller, id, asked.round, found)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::SubmitIdentifiersResponse {}))
    }

    async fn submit_export(
        &self,
        request: Request<Streaming<pb::SubmitExportRequest>>,
    ) -> Answer<pb::SubmitExportResponse> {
        let caller = caller_of(&request)?.clone();
        let (id, json) = self.receive(&caller, request.into_inner()).await?;
        let bytes = self
            .0
            .submit_export(&caller, id, json)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::SubmitExportResponse { bytes }))
    }

    type StreamLedgerStream =
        Pin<Box<dyn Stream<Item = Result<pb::StreamLedgerResponse, Status>> + Send>>;

    async fn stream_ledger(
        &self,
        request: Request<pb::StreamLedgerRequest>,
    ) -> Answer<Self::StreamLedgerStream> {
        let holder = caller_of(&request)?.actor().1.to_owned();
        let after = request.into_inner().after;
        Ok(Response::new(Box::pin(orders(
            self.0.clone(),
            holder,
            after,
        ))))
    }

    type StreamAccessBatchesStream =
        Pin<Box<dyn Stream<Item = Result<pb::StreamAccessBatchesResponse, Status>> + Send>>;

    async fn stream_access_batches(
        &self,
        request: Request<pb::StreamAccessBatchesRequest>,
    ) -> Answer<Self::StreamAccessBatchesStream> {
        let holder = caller_of(&request)?.actor().1.to_owned();
        let after = request.into_inner().after;
        Ok(Response::new(Box::pin(copies(
            self.0.clone(),
            holder,
            after,
        ))))
    }

    async fn get_ledger_head(
        &self,
        request: Request<pb::GetLedgerHeadRequest>,
    ) -> Answer<pb::GetLedgerHeadResponse> {
        caller_of(&request)?;
        let (entry, hash) = self.0.ledger.head().await.map_err(status)?;
        let damaged = |_| to_status(RightsError::Damaged("ledger head"));
        Ok(Response::new(pb::GetLedgerHeadResponse {
            entry,
            hash: hex::decode(hash).map_err(damaged)?,
        }))
    }
}

impl Holders {
    /// Collects the pieces of one export; every piece names the same request.
    async fn receive(
        &self,
        caller: &Caller,
        mut pieces: Streaming<pb::SubmitExportRequest>,
    ) -> Result<(Uuid, Vec<u8>), Status> {
        let mut request = None;
        let mut json = Vec::new();
        while let Some(piece) = pieces.message().await? {
            let named = id("request_id", &piece.request_id)?;
            match request {
                None => {
                    self.0
                        .may_submit_export(caller, named)
                        .await
                        .map_err(to_status)?;
                    request = Some(named);
                }
                Some(first) if first != named => {
                    let rule = "the same in every piece";
                    return Err(invalid(vec![kernel::Violation::new(
                        "request_id",
                        piece.request_id,
                        rule,
                    )]));
                }
                Some(_) => {}
            }
            if json.len() + piece.chunk.len() > EXPORT_BYTES_MAX {
                return Err(to_status(RightsError::ExportTooLarge {
                    limit: EXPORT_BYTES_MAX,
                }));
            }
            json.extend_from_slice(&piece.chunk);
        }
        let missing = || {
            invalid(vec![kernel::Violation::new(
                "chunk",
                "",
                "at least one piece",
            )])
        };
        Ok((request.ok_or_else(missing)?, json))
    }
}

/// The holder's orders, page by page, to the head.
fn orders(
    rights: Rights,
    holder: String,
    after: u64,
) -> impl Stream<Item = Result<pb::StreamLedgerResponse, Status>> {
    futures::stream::try_unfold(after, move |after| {
        let (rights, holder) = (rights.clone(), holder.clone());
        async move {
            let page = rights
                .ledger
                .orders_of(&holder, after)
                .await
                .map_err(status)?;
            let Some(last) = page.last().map(|order| order.entry) else {
                return Ok(None);
            };
            let page = page.into_iter().map(|order| Ok(response(order)));
            Ok::<_, Status>(Some((futures::stream::iter(page).boxed(), last)))
        }
    })
    .try_flatten()
}

fn response(order: Order) -> pb::StreamLedgerResponse {
    pb::StreamLedgerResponse {
        entry: order.entry,
        request_id: order.request_id,
        network: order.network,
        kind: order.kind,
        at: Some(timestamp(order.at)),
        replay_handle: order.replay_handle,
        decisions: words::read_decisions(&order.decisions),
    }
}

/// The copies of the holder's access log, page by page, to the last.
fn copies(
    rights: Rights,
    holder: String,
    after: u64,
) -> impl Stream<Item = Result<pb::StreamAccessBatchesResponse, Status>> {
    futures::stream::try_unfold(after, move |after| {
        let (rights, holder) = (rights.clone(), holder.clone());
        async move {
            let page = rights
                .ledger
                .copies_of(&holder, after)
                .await
                .map_err(status)?;
            let Some(last) = page.last().map(|copy| copy.position) else {
                return Ok(None);
            };
            let page: Vec<_> = page.into_iter().map(given_back).collect();
            Ok::<_, Status>(Some((futures::stream::iter(page).boxed(), last)))
        }
    })
    .try_flatten()
}

fn given_back(copy: KeptCopy) -> Result<pb::StreamAccessBatchesResponse, Status> {
    let damaged = |_| to_status(RightsError::Damaged("copy of an access log"));
    let signed = Signed::decode(copy.signed.as_slice()).map_err(damaged)?;
    Ok(pb::StreamAccessBatchesResponse {
        position: copy.position,
        batch: Some(AccessLogSealed {
            batch: Some(signed),
            lines: copy.lines,
        }),
    })
}

fn status(error: LedgerError) -> Status {
    to_status(RightsError::Ledger(error))
}
