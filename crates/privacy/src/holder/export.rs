//! A holder's part of an access package: every row in the clear, with why it is held, and who has read it.

use anyhow::Context;
use api::privacy::{CategoryOutcome, ExecutionAnswered, ExecutionOrdered};
use api::rights::SubmitExportRequest;
use messaging::Outgoing;
use prost::Message;
use serde_json::{Value, json};

use super::Inner;
use super::erase::timestamp;
use super::events::EXECUTION_ANSWERED;
use super::handle::ReplayHandle;
use super::rows::Rows;
use super::task::{self, Task};
use crate::{Category, SubjectId, Token, facade};

mod log;
mod read;

/// Bytes per piece; the contract allows 1 MiB.
const PIECE: usize = 256 * 1_024;

/// Does one export.
pub(crate) async fn export(inner: &Inner, task: &Task) -> anyhow::Result<()> {
    let order = ExecutionOrdered::decode(task.payload.as_slice())
        .context("the stored order is unreadable")?;
    let handle = ReplayHandle::open(&order.replay_handle, inner.privacy.tokens(), &order.network)?;
    let tokens = handle.tokens()?;
    let subjects = subjects(inner, &order.network, handle.subjects, &tokens).await?;
    let rows = Rows {
        map: inner.privacy.data_map(),
        schema: inner.schema().await?,
        network: &order.network,
        subjects: &subjects,
        tokens: &tokens,
    };
    let keepers = read::keepers(inner, rows).await?;
    let log = log::ExportLog::begin(inner, &order, &[subjects.clone(), keepers].concat()).await?;
    let mut outcomes = Vec::new();
    let mut categories = Vec::new();
    for category in inner.privacy.data_map().categories {
        let records = read::records(inner, rows, category.name).await?;
        outcomes.push(outcome(category, records.len()));
        categories.push(described(category, records));
    }
    let document = json!({
        "holder": inner.service(),
        "data_map_version": inner.privacy.data_map().version,
        "request_id": order.request_id,
        "network": order.network,
        "exported_at": inner.privacy.clock().now(),
        "categories": categories,
        "recipients": recipients(inner, &subjects).await?,
        "access_log": read::access_log(inner, &subjects).await?,
    });
    let document = serde_json::to_vec(&document)?;
    let bytes = send(inner, &order.request_id, &document).await?;
    log.end(inner, bytes).await?;
    answer(inner, task, &order, outcomes, bytes).await
}

async fn subjects(
    inner: &Inner,
    network: &str,
    mut subjects: Vec<SubjectId>,
    tokens: &[Token],
) -> anyhow::Result<Vec<SubjectId>> {
    let reader = inner.privacy.database().reader();
    let found = facade::matches(&reader, network, tokens).await?;
    subjects.extend(found.into_iter().map(|m| m.subject));
    subjects.sort_unstable();
    subjects.dedup();
    Ok(subjects)
}

fn described(category: &Category, records: Vec<Value>) -> Value {
    json!({
        "name": category.name,
        "purpose_sv": category.purpose_sv,
        "purpose_en": category.purpose_en,
        "legal_basis": category.legal_basis,
        "retention": category.retention,
        "recipients": category.recipients,
        "records": records,
    })
}

fn outcome(category: &Category, records: usize) -> CategoryOutcome {
    CategoryOutcome {
        category: category.name.to_owned(),
        retained: records as u64,
        ..Default::default()
    }
}

/// Who was actually given the data.
async fn recipients(inner: &Inner, subjects: &[SubjectId]) -> anyhow::Result<Vec<Value>> {
    let work = inner.outbox.begin().await?;
    let recipients = inner.hooks.recipients(work.tx(), subjects).await?;
    work.rollback().await?;
    Ok(recipients
        .into_iter()
        .map(|r| json!({ "recipient": r.recipient, "records": r.record_ids }))
        .collect())
}

/// Sends the document in pieces. Sent again after a crash, it takes the place of what was sent before.
async fn send(inner: &Inner, request_id: &str, document: &[u8]) -> anyhow::Result<u64> {
    let piece = |chunk: &[u8]| SubmitExportRequest {
        request_id: request_id.to_owned(),
        chunk: chunk.to_vec(),
    };
    let pieces: Vec<_> = document.chunks(PIECE).map(piece).collect();
    let sent = inner
        .rights
        .clone()
        .submit_export(tokio_stream::iter(pieces))
        .await;
    let taken = sent
        .map_err(|s| anyhow::anyhow!("the export was not taken: {:?}", s.code()))?
        .into_inner()
        .bytes;
    anyhow::ensure!(
        taken == document.len() as u64,
        "{taken} of {} bytes of the export arrived",
        document.len()
    );
    Ok(taken)
}

async fn answer(
    inner: &Inner,
    task: &Task,
    order: &ExecutionOrdered,
    categories: Vec<CategoryOutcome>,
    exported_bytes: u64,
) -> anyhow::Result<()> {
    let now = inner.privacy.clock().now();
    let mut work = inner.outbox.begin().await?;
    inner.ensure_whole(work.tx()).await?;
    let answer = ExecutionAnswered {
        request_id: task.request_id.clone(),
        holder: inner.service().to_owned(),
        ledger_entry: order.ledger_entry,
        categories,
        executed_at: Some(timestamp(now)),
        verified_at: Some(timestamp(now)),
        exported_bytes,
        ..Default::default()
    };
    let signed = inner
        .identity
        .sign_event(&inner.event(EXECUTION_ANSWERED), &answer);
    if task::finish(work.tx(), task.id, now, signed.encode_to_vec()).await? {
        work.record(Outgoing::new(
            inner.event(EXECUTION_ANSWERED),
            &task.request_id,
            &task.network,
            &signed,
        ));
    }
    fail::fail_point!("holder.before_answer_commit");
    Ok(work.commit().await?)
}
