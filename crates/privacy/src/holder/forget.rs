//! Keys of persons whom the service itself has forgotten: a contact that said no, a resident whom the file no longer names.
//!
//! The rows go in the service's transaction; that the keys must follow is recorded in the same one, so that no crash
//! leaves a key behind.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::Inner;
use super::task::{self, NewTask, Task};
use crate::SubjectId;

/// Records that the keys of these persons are to go. Due at once, and nobody's yet.
pub(crate) async fn record<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
    subjects: &[SubjectId],
) -> Result<(), DbErr> {
    let new = NewTask {
        kind: task::FORGET,
        request_id: id.to_string(),
        reference: 0,
        network: String::new(),
        state: task::PENDING,
        payload: subjects
            .iter()
            .flat_map(|subject| *subject.as_uuid().as_bytes())
            .collect(),
        progress: String::new(),
        replayed: false,
    };
    task::insert_free(tx, id, now, new).await
}

/// Destroys the keys, in every category; again is harmless.
pub(super) async fn forget(inner: &Inner, task: &Task) -> anyhow::Result<()> {
    let subjects = subjects(&task.payload)?;
    let map = inner.privacy.data_map();
    let categories: Vec<&'static str> = map
        .categories
        .iter()
        .map(|category| category.name)
        .collect();
    inner
        .privacy
        .vault()
        .destroy(&subjects, &categories)
        .await?;
    let work = inner.outbox.begin().await?;
    task::finish(work.tx(), task.id, inner.privacy.clock().now(), Vec::new()).await?;
    Ok(work.commit().await?)
}

fn subjects(payload: &[u8]) -> anyhow::Result<Vec<SubjectId>> {
    let ids = payload.chunks(size_of::<Uuid>()).map(Uuid::from_slice);
    let ids = ids
        .collect::<Result<Vec<_>, _>>()
        .context("a forgotten person's id cannot be read")?;
    Ok(ids.into_iter().map(SubjectId::from_uuid).collect())
}
