//! The copies that lie with the rights service: what the database lacks of them is taken back, after a restore.

use anyhow::{Context as _, ensure};
use api::privacy::{self as pb, AccessLogSealed};
use api::rights::{StreamAccessBatchesRequest, StreamAccessBatchesResponse};
use prost::Message as _;
use sea_orm::EntityTrait as _;

use super::line::{self, LinesError};
use super::{Inner, chain};
use crate::batch::{ACCESS_LOG_SEALED, AccessBatch};
use crate::holder::moment;
use crate::store::{access_batch, access_chain};

/// Compares with the copies since the last time; says how many batches the database had lost.
pub(crate) async fn take_back(inner: &Inner) -> anyhow::Result<u64> {
    let after = chain::read(&inner.privacy.database().reader())
        .await?
        .compared;
    let ask = StreamAccessBatchesRequest {
        after: u64::try_from(after).context("a position is not negative")?,
    };
    let copies = inner.rights.clone().stream_access_batches(ask).await;
    let mut copies = copies.map_err(away)?.into_inner();
    let mut lost = 0;
    while let Some(copy) = copies.message().await.map_err(away)? {
        lost += u64::from(compare(inner, copy).await?);
    }
    if lost > 0 {
        metrics::counter!("holder_access_log_taken_back_total").increment(lost);
        tracing::warn!(
            holder = inner.service(),
            lost,
            "the database had lost batches of its access log; they were taken back"
        );
    }
    Ok(lost)
}

/// Holds one copy against the database; true when the database lacked it. A copy that is not this holder's own is
/// alarmed and passed over: whoever changes the copies must not be able to keep the service from serving.
async fn compare(inner: &Inner, copy: StreamAccessBatchesResponse) -> anyhow::Result<bool> {
    let position = i64::try_from(copy.position).context("a position is out of range")?;
    let copy = copy.batch.unwrap_or_default();
    let work = inner.outbox.begin().await?;
    let end = chain::lock(work.tx()).await?;
    let lacked = match verified(inner, &copy) {
        Ok(batch) => settle(inner, &work, &end, &batch, &copy.lines).await?,
        Err(error) => {
            alarm(position, &format!("{error:#}"));
            false
        }
    };
    chain::set_compared(work.tx(), position).await?;
    work.commit().await?;
    Ok(lacked)
}

/// What the database has of a batch; true when it was nothing.
async fn settle(
    inner: &Inner,
    work: &messaging::Work,
    end: &access_chain::Model,
    batch: &AccessBatch,
    lines: &[u8],
) -> anyhow::Result<bool> {
    let now = inner.privacy.clock().now();
    let own = access_batch::Entity::find_by_id(chain::columns(batch))
        .one(work.tx())
        .await?;
    match own {
        None => {
            chain::append(work.tx(), end, batch, Some(now)).await?;
            take_lines(inner, work, batch, lines).await?;
            return Ok(true);
        }
        Some(own) if own.hash == batch.hash() => {
            chain::set_replicated(work.tx(), batch, now).await?;
        }
        Some(_) => {
            let (_, number) = chain::columns(batch);
            alarm(
                number,
                "the rights service has another batch of this number",
            );
        }
    }
    Ok(false)
}

/// The head of a copy, if it is this holder's own. The signature is judged at the time of sealing: a copy outlives
/// the certificate that it was signed under.
fn verified(inner: &Inner, copy: &AccessLogSealed) -> anyhow::Result<AccessBatch> {
    let signed = copy.batch.clone().unwrap_or_default();
    let said = pb::AccessBatch::decode(signed.payload.as_slice())?;
    let sealed_at = said
        .sealed_at
        .and_then(moment)
        .context("a batch names no time")?;
    let (said, signer) = inner.trust.open_event::<pb::AccessBatch>(
        &inner.event(ACCESS_LOG_SEALED),
        &signed,
        sealed_at,
    )?;
    let batch = AccessBatch::parse(&said).context("the head of a batch cannot be read")?;
    ensure!(
        signer == inner.service() && batch.holder == signer,
        "a batch of another holder came back"
    );
    Ok(batch)
}

/// The lines go back into the log. Lines that cannot be had do not keep the service fenced for ever: that is alarmed.
async fn take_lines(
    inner: &Inner,
    work: &messaging::Work,
    batch: &AccessBatch,
    sealed: &[u8],
) -> anyhow::Result<()> {
    let (epoch, number) = chain::columns(batch);
    let rows = line::open(inner.privacy.tokens(), batch, sealed).and_then(|lines| {
        let rows = lines.iter().map(|line| line.to_row(epoch, number));
        rows.collect::<Result<Vec<_>, LinesError>>()
    });
    match rows {
        Ok(rows) => chain::put_lines(work.tx(), rows).await?,
        Err(_) if sealed.is_empty() => {
            tracing::info!(
                epoch,
                number,
                "the lines of a batch have been dropped with age"
            );
        }
        Err(error) => alarm(number, &error.to_string()),
    }
    Ok(())
}

fn alarm(copy: i64, what: &str) {
    metrics::counter!("holder_access_log_unlike_total").increment(1);
    tracing::error!(copy, "access log: {what}");
}

fn away(status: tonic::Status) -> anyhow::Error {
    anyhow::anyhow!(
        "the rights service did not give the copies of the access log: {:?}",
        status.code()
    )
}
