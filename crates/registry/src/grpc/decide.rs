//! What is done with an import: look at it, apply it, take it back, drop it, fetch its rejected rows.

use std::pin::Pin;
use std::sync::Arc;

use api::registry as pb;
use futures::Stream;
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::import::import_id;
use super::{network, translate};
use crate::app::{Progress, Registry, RegistryError, RejectedRows, Step};
use crate::domain::import::ImportReport;
use crate::store::compare::Sample;

/// How far an import is.
pub(super) type ProgressStream =
    Pin<Box<dyn Stream<Item = Result<pb::ImportProgress, Status>> + Send>>;
/// The file of rejected rows.
pub(super) type RejectedStream =
    Pin<Box<dyn Stream<Item = Result<pb::StreamRejectedRowsResponse, Status>> + Send>>;

/// Messages that wait for a slow reader; further steps are left out, the report is not.
const WAITING: usize = 16;

pub(super) async fn preview_import(
    registry: &Registry,
    request: Request<pb::PreviewImportRequest>,
) -> Result<Response<pb::PreviewImportResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let preview = registry
        .preview_import(&network, id)
        .await
        .map_err(to_status)?;
    let kinds = [
        ("added", preview.added),
        ("changed", preview.changed),
        ("ended", preview.ended),
    ];
    let samples = kinds
        .into_iter()
        .flat_map(|(kind, samples)| samples.into_iter().map(move |s| sample(kind, s)))
        .collect();
    Ok(Response::new(pb::PreviewImportResponse {
        report: Some(translate::report(preview.report)),
        samples,
        needs_confirmation: preview.needs_confirmation,
    }))
}

pub(super) fn apply_import(
    registry: &Arc<Registry>,
    request: &Request<pb::ApplyImportRequest>,
) -> Result<Response<ProgressStream>, Status> {
    let asked = request.get_ref();
    let network = network(request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let confirmed = asked.confirmed_ending;
    let registry = Arc::clone(registry);
    Ok(go_on(async move |progress| {
        registry
            .apply_import(&network, id, confirmed, &progress)
            .await
    }))
}

pub(super) fn undo_import(
    registry: &Arc<Registry>,
    request: &Request<pb::UndoImportRequest>,
) -> Result<Response<ProgressStream>, Status> {
    let asked = request.get_ref();
    let network = network(request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let registry = Arc::clone(registry);
    Ok(go_on(async move |progress| {
        registry.undo_import(&network, id, &progress).await
    }))
}

pub(super) async fn drop_import(
    registry: &Registry,
    request: Request<pb::DropImportRequest>,
) -> Result<Response<pb::DropImportResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let report = registry
        .drop_import(&network, id)
        .await
        .map_err(to_status)?;
    Ok(Response::new(pb::DropImportResponse {
        report: Some(translate::report(report)),
    }))
}

pub(super) async fn stream_rejected_rows(
    registry: &Arc<Registry>,
    request: Request<pb::StreamRejectedRowsRequest>,
) -> Result<Response<RejectedStream>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let id = import_id(&asked.import_id)?;
    let caller = caller_of(&request)?;
    let rows = registry
        .rejected_rows(caller, &network, id)
        .await
        .map_err(to_status)?;
    let left_out = rows.as_ref().map_or(0, RejectedRows::left_out);
    let registry = Arc::clone(registry);
    let stream = futures::stream::try_unfold((rows, left_out), move |(rows, left_out)| {
        let registry = Arc::clone(&registry);
        async move {
            let Some(mut rows) = rows else {
                return Ok(None);
            };
            let piece = registry.next_rejected(&mut rows).await.map_err(to_status)?;
            Ok(piece.map(|text| {
                let chunk = text.into_bytes();
                let message = pb::StreamRejectedRowsResponse { chunk, left_out };
                (message, (Some(rows), 0))
            }))
        }
    });
    Ok(Response::new(Box::pin(stream)))
}

/// Does the work on a task of its own, so that it goes on when the caller hangs up, and tells how far it is.
fn go_on<W, F>(work: W) -> Response<ProgressStream>
where
    W: FnOnce(Progress) -> F + Send + 'static,
    F: Future<Output = Result<ImportReport, RegistryError>> + Send + 'static,
{
    let (answers, stream) = mpsc::channel(WAITING);
    let (steps, mut told) = mpsc::channel::<Step>(WAITING);
    let pass_on = answers.clone();
    tokio::spawn(async move {
        while let Some(step) = told.recv().await {
            let message = pb::ImportProgress {
                step: step.step.to_owned(),
                done: step.done,
                report: None,
            };
            // The caller may have hung up.
            pass_on.send(Ok(message)).await.ok();
        }
    });
    tokio::spawn(async move {
        let answer = match work(Progress::to(steps)).await {
            Ok(report) => Ok(pb::ImportProgress {
                step: "done".to_owned(),
                done: report.rows,
                report: Some(translate::report(report)),
            }),
            Err(error) => Err(to_status(error)),
        };
        answers.send(answer).await.ok();
    });
    Response::new(Box::pin(ReceiverStream::new(stream)))
}

fn sample(kind: &str, sample: Sample) -> pb::AccessSample {
    let [street, number, littera, code, city] = sample.address;
    let street = format!("{street} {number}{littera}");
    pb::AccessSample {
        kind: kind.to_owned(),
        access_id: sample.access_id,
        address: format!("{}, {code} {city}", street.trim_end()),
        changes: sample
            .changes
            .into_iter()
            .map(|(field, before, after)| pb::FieldChange {
                field: field.to_owned(),
                before,
                after,
            })
            .collect(),
    }
}
