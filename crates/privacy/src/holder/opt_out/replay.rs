//! An opt-out that the database lacks, or has.

use anyhow::{Context as _, ensure};
use api::rights::StreamLedgerResponse;
use kernel::NetworkCode;
use messaging::Work;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::super::handle::ReplayHandle;
use super::super::rows::Rows;
use super::super::{Inner, position, prove, task};
use super::{handle, settle};
use crate::store::subject;
use crate::{Doomed, SubjectId, vault};

/// Applies an entry. True: the database had lost the opt-out.
pub(in super::super) async fn replay(
    inner: &Inner,
    number: i64,
    entry: &StreamLedgerResponse,
) -> anyhow::Result<bool> {
    let handle = handle(inner, &entry.replay_handle, &entry.network)?;
    let lost = if position::is_applied(&inner.privacy.database().reader(), number).await? {
        false
    } else {
        apply(inner, number, entry, &handle).await?
    };
    // Also where nothing was lost: the key store may have been put back by itself.
    destroy_keys(inner, number, &handle).await?;
    if lost {
        confirm(inner, number, entry, &handle).await?;
    }
    Ok(lost)
}

/// Takes the person's rows and suppresses the tokens, unless the database has done so under its own record.
async fn apply(
    inner: &Inner,
    number: i64,
    entry: &StreamLedgerResponse,
    handle: &ReplayHandle,
) -> anyhow::Result<bool> {
    let work = inner.outbox.begin().await?;
    ensure!(
        inner.position.is_whole(work.tx()).await?,
        "the database was put back to an earlier state"
    );
    let known = task::find(work.tx(), task::OPT_OUT, &entry.request_id, 0).await?;
    let lost = known.is_none();
    match known {
        Some(task) => drop(settle(inner, &work, number, &task).await?),
        None => forget(inner, &work, number, entry, handle).await?,
    }
    work.commit().await?;
    inner.position.saw(number);
    Ok(lost)
}

async fn forget(
    inner: &Inner,
    work: &Work,
    number: i64,
    entry: &StreamLedgerResponse,
    handle: &ReplayHandle,
) -> anyhow::Result<()> {
    let network = NetworkCode::parse(&entry.network).context("an opt-out names no network")?;
    let subjects = there(work.tx(), &entry.network, &handle.subjects).await?;
    let rows = rows(inner, &entry.network, &subjects).await?;
    let survey = rows.survey(work.tx(), None).await?;
    let categories = rows.map.categories.iter().map(|c| c.name).collect();
    rows.erase(work.tx(), &survey, &categories).await?;
    inner
        .privacy
        .suppress_tokens(work.tx(), &network, &handle.tokens()?)
        .await?;
    inner.privacy.forget(work.tx(), &subjects).await?;
    let now = inner.privacy.clock().now();
    position::apply(work.tx(), number, &entry.network, &entry.request_id, now).await?;
    Ok(())
}

/// Those of the subjects that the database still has; held until the transaction ends. Only these: somebody else may
/// claim the same telephone.
async fn there(
    tx: &DatabaseTransaction,
    network: &str,
    subjects: &[SubjectId],
) -> Result<Vec<SubjectId>, DbErr> {
    let rows = subject::Entity::find()
        .filter(subject::Column::Id.is_in(subjects.iter().map(SubjectId::as_uuid)))
        .filter(subject::Column::Network.eq(network))
        .lock(LockType::Update)
        .all(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|s| SubjectId::from_uuid(s.id))
        .collect())
}

async fn destroy_keys(inner: &Inner, number: i64, handle: &ReplayHandle) -> anyhow::Result<()> {
    let map = inner.privacy.data_map();
    let doomed = Doomed {
        subjects: handle.subjects.clone(),
        categories: map.categories.iter().map(|c| c.name).collect(),
    };
    let mark = Some((prove::LAST_ENTRY, number));
    inner
        .privacy
        .vault()
        .destroy_and_mark(&[doomed], mark)
        .await?;
    Ok(())
}

/// Reads again what was cleared, before the fence opens.
async fn confirm(
    inner: &Inner,
    number: i64,
    entry: &StreamLedgerResponse,
    handle: &ReplayHandle,
) -> anyhow::Result<()> {
    inner.hooks.erased(&handle.subjects).await;
    vault::empty_log(inner.privacy.database())
        .await
        .context("the write-ahead log could not be emptied")?;
    let rows = rows(inner, &entry.network, &handle.subjects).await?;
    let work = inner.outbox.begin().await?;
    let survey = rows.survey(work.tx(), None).await?;
    let left = survey.residual(&rows.map.categories.iter().map(|c| c.name).collect());
    ensure!(left == 0, "{left} rows are left of an opt-out");
    position::prove(work.tx(), &[number], inner.privacy.clock().now()).await?;
    Ok(work.commit().await?)
}

async fn rows<'a>(
    inner: &'a Inner,
    network: &'a str,
    subjects: &'a [SubjectId],
) -> Result<Rows<'a>, DbErr> {
    Ok(Rows {
        map: inner.privacy.data_map(),
        schema: inner.schema().await?,
        network,
        subjects,
        // As when it happened: who opts out leaves what is theirs.
        tokens: &[],
    })
}
