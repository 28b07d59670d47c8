//! What is done with an import that the registry holds, for pages and programs.

use api::registry::{
    ApplyImportRequest, DropImportRequest, GetImportRequest, ImportProgress, ImportReport,
    PreviewImportRequest, PreviewImportResponse, StreamRejectedRowsRequest,
    StreamRejectedRowsResponse, UndoImportRequest,
};
use kernel::NetworkCode;
use service_kit::caller::Caller;
use tonic::Streaming;

use crate::limits;
use crate::services::{Failure, Part, Services, call, call_within};

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It becomes the truth; so many accesses may end, however large a share they are.
    Apply {
        /// The number that was seen and confirmed.
        confirmed_ending: u64,
    },
    /// It was applied and is taken back.
    Undo,
    /// It is forgotten.
    Drop,
}

/// Carries a decision out and waits for its end.
pub async fn decide(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
    id: &str,
    decision: Decision,
) -> Result<ImportReport, Failure> {
    let failed = Part::Registry.failed();
    let (network, import_id) = (network.to_string(), id.to_owned());
    let mut registry = services.registry(caller);
    let steps = match decision {
        Decision::Apply { confirmed_ending } => {
            let request = ApplyImportRequest {
                network,
                import_id,
                confirmed_ending,
            };
            registry
                .apply_import(call_within(request, limits::IMPORT_MS))
                .await
        }
        Decision::Undo => {
            let request = UndoImportRequest { network, import_id };
            registry
                .undo_import(call_within(request, limits::IMPORT_MS))
                .await
        }
        Decision::Drop => {
            let request = DropImportRequest { network, import_id };
            let answer = registry.drop_import(call(request)).await.map_err(failed)?;
            return Ok(answer.into_inner().report.unwrap_or_default());
        }
    };
    last(steps.map_err(&failed)?.into_inner())
        .await
        .map_err(failed)
}

async fn last(mut steps: Streaming<ImportProgress>) -> Result<ImportReport, tonic::Status> {
    let mut report = None;
    while let Some(step) = steps.message().await? {
        report = step.report.or(report);
    }
    report.ok_or_else(|| tonic::Status::internal("the registry sent no report"))
}

/// One import.
pub async fn report(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
    id: &str,
) -> Result<Option<ImportReport>, Failure> {
    let request = GetImportRequest {
        network: network.to_string(),
        import_id: id.to_owned(),
    };
    let answer = services.registry(caller).get_import(call(request)).await;
    Ok(answer.map_err(Part::Registry.failed())?.into_inner().report)
}

/// What a held import would do.
pub async fn preview(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
    id: &str,
) -> Result<PreviewImportResponse, Failure> {
    let request = PreviewImportRequest {
        network: network.to_string(),
        import_id: id.to_owned(),
    };
    let request = call_within(request, limits::IMPORT_MS);
    let answer = services.registry(caller).preview_import(request).await;
    Ok(answer.map_err(Part::Registry.failed())?.into_inner())
}

/// Rejected rows as a file.
#[derive(Debug)]
pub struct RejectedFile {
    /// Its bytes, piece by piece.
    pub body: axum::body::Body,
    /// Rows that it leaves out, because somebody whom they name was erased.
    pub left_out: u64,
}

/// The rejected rows as a file; nothing when there are none (any more).
pub async fn rejected(
    services: &Services,
    caller: &Caller,
    network: &NetworkCode,
    id: &str,
) -> Result<Option<RejectedFile>, Failure> {
    let failed = Part::Registry.failed();
    let request = StreamRejectedRowsRequest {
        network: network.to_string(),
        import_id: id.to_owned(),
    };
    let request = call_within(request, limits::IMPORT_MS);
    let answer = services
        .registry(caller)
        .stream_rejected_rows(request)
        .await;
    let mut chunks = answer.map_err(&failed)?.into_inner();
    let Some(first) = chunks.message().await.map_err(failed)? else {
        return Ok(None);
    };
    let left_out = first.left_out;
    let chunk = |answer: StreamRejectedRowsResponse| bytes::Bytes::from(answer.chunk);
    let rest = futures::StreamExt::map(chunks, move |answer| answer.map(chunk));
    let all = futures::StreamExt::chain(futures::stream::iter([Ok(chunk(first))]), rest);
    let body = axum::body::Body::from_stream(all);
    Ok(Some(RejectedFile { body, left_out }))
}
