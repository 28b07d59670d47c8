//! After transaction 1: keys destroyed, rows and keys read again, the answer signed. Many erasures share the work.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use api::privacy::{CategoryOutcome, ExecutionAnswered, ExecutionOrdered, RecipientRef};
use chrono::{DateTime, Utc};
use messaging::Outgoing;
use prost::Message;
use sea_orm::DatabaseTransaction;
use tracing::Span;

use super::erase::{Outcome, Progress, timestamp};
use super::events::EXECUTION_ANSWERED;
use super::handle::ReplayHandle;
use super::rows::Rows;
use super::task::{self, Task};
use super::{Inner, position};
use crate::{Doomed, SubjectId, Token, vault};

/// The mark in the key store that outlives a restore of the database.
pub(crate) const LAST_ENTRY: &str = "ledger.last_entry";

/// One erasure on its way to its proof.
struct Unproven {
    task: Task,
    progress: Progress,
    doomed: Doomed,
    /// What finds the person in rows that are not theirs.
    tokens: Vec<Token>,
    /// Erasures that share the work belong to traces of their own, and so do their answers.
    span: Span,
}

/// Whom several erasures are about.
#[derive(Default)]
struct Erased {
    subjects: Vec<SubjectId>,
    tokens: Vec<Token>,
}

/// Proves erasures whose rows are cleared. Repeating it changes nothing but what a late writer left.
pub(crate) async fn prove(inner: &Inner, tasks: Vec<Task>) -> anyhow::Result<()> {
    fail::fail_point!("holder.after_execute_commit");
    let unproven = tasks
        .into_iter()
        .map(|t| Unproven::read(inner, t))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let doomed: Vec<_> = unproven.iter().map(|u| u.doomed.clone()).collect();
    let last = unproven
        .iter()
        .map(|u| u.task.reference)
        .max()
        .unwrap_or_default();
    let destroyed = inner
        .privacy
        .vault()
        .destroy_and_mark(&doomed, Some((LAST_ENTRY, last)))
        .await?;
    let subjects: Vec<_> = doomed
        .iter()
        .flat_map(|d| d.subjects.iter().copied())
        .collect();
    if !subjects.is_empty() {
        inner.hooks.erased(&subjects).await;
    }
    if !subjects.is_empty() || unproven.iter().any(Unproven::has_cleared) {
        vault::empty_log(inner.privacy.database())
            .await
            .context("the write-ahead log could not be emptied")?;
    }
    fail::fail_point!("holder.after_keys_destroyed");
    let mut work = inner.outbox.begin().await?;
    inner.ensure_whole(work.tx()).await?;
    let now = inner.privacy.clock().now();
    reread(inner, work.tx(), &unproven).await?;
    let left = inner.privacy.vault().keys_left_of(&doomed).await?;
    ensure!(left == 0, "{left} keys are left after destroying them");
    let mut proven = Vec::with_capacity(unproven.len());
    for (one, keys_destroyed) in unproven.iter().zip(destroyed) {
        let answer = answer(inner, one, keys_destroyed, now);
        let signed = inner
            .identity
            .sign_event(&inner.event(EXECUTION_ANSWERED), &answer);
        if task::finish(work.tx(), one.task.id, now, signed.encode_to_vec()).await? {
            let task = &one.task;
            let answered = Outgoing::new(
                inner.event(EXECUTION_ANSWERED),
                &task.request_id,
                &task.network,
                &signed,
            );
            one.span.in_scope(|| work.record(answered));
            proven.push(one.task.reference);
        }
    }
    position::prove(work.tx(), &proven, now).await?;
    fail::fail_point!("holder.before_answer_commit");
    work.commit().await?;
    metrics::counter!("holder_erasures_proven_total").increment(proven.len() as u64);
    Ok(())
}

/// Reads the rows again. What a writer committed between transaction 1 and the bar on the keys is cleared here; anything
/// left after that is no proof.
async fn reread(
    inner: &Inner,
    tx: &DatabaseTransaction,
    unproven: &[Unproven],
) -> anyhow::Result<()> {
    let mut alike: BTreeMap<(&str, &[&'static str]), Erased> = BTreeMap::new();
    for one in unproven {
        let kind = (one.task.network.as_str(), one.doomed.categories.as_slice());
        let erased = alike.entry(kind).or_default();
        erased.subjects.extend(&one.doomed.subjects);
        erased.tokens.extend(one.tokens.iter().cloned());
    }
    for ((network, categories), erased) in alike {
        let (map, schema) = (inner.privacy.data_map(), inner.schema().await?);
        let rows = Rows {
            map,
            schema,
            network,
            subjects: &erased.subjects,
            tokens: &erased.tokens,
        };
        let categories: BTreeSet<_> = categories.iter().copied().collect();
        let mut survey = rows.survey(tx, None).await?;
        if survey.residual(&categories) > 0 {
            rows.erase(tx, &survey, &categories).await?;
            survey = rows.survey(tx, None).await?;
        }
        let left = survey.residual(&categories);
        ensure!(left == 0, "{left} rows are left after erasing them");
    }
    Ok(())
}

/// The answer: what is left has just been read to be nothing.
fn answer(
    inner: &Inner,
    one: &Unproven,
    keys_destroyed: u64,
    now: DateTime<Utc>,
) -> ExecutionAnswered {
    let outcome = |o: &Outcome| CategoryOutcome {
        category: o.category.clone(),
        erased: if o.erase { o.rows } else { 0 },
        retained: if o.erase { 0 } else { o.rows },
        legal_basis: o.legal_basis.clone(),
        retain_until: o.retain_until.clone(),
        residual: 0,
    };
    let recipient = |r: &super::erase::Recipient| RecipientRef {
        recipient: r.recipient.clone(),
        record_ids: r.record_ids.clone(),
    };
    ExecutionAnswered {
        request_id: one.task.request_id.clone(),
        holder: inner.service().to_owned(),
        ledger_entry: u64::try_from(one.task.reference).unwrap_or_default(),
        categories: one.progress.outcomes.iter().map(outcome).collect(),
        keys_destroyed,
        keys_residual: 0,
        recipients: one.progress.recipients.iter().map(recipient).collect(),
        executed_at: Some(timestamp(one.progress.executed_at)),
        verified_at: Some(timestamp(now)),
        exported_bytes: 0,
        replayed: one.task.replayed,
    }
}

impl Unproven {
    fn read(inner: &Inner, task: Task) -> anyhow::Result<Self> {
        let progress: Progress =
            serde_json::from_str(&task.progress).context("the progress of a task is unreadable")?;
        let map = inner.privacy.data_map();
        let erased = progress.outcomes.iter().filter(|o| o.erase);
        let categories = erased
            .filter_map(|o| map.category(&o.category))
            .map(|c| c.name)
            .collect();
        let doomed = Doomed {
            subjects: progress.subjects.clone(),
            categories,
        };
        let order = ExecutionOrdered::decode(task.payload.as_slice())
            .context("the stored order is unreadable")?;
        let handle =
            ReplayHandle::open(&order.replay_handle, inner.privacy.tokens(), &order.network)?;
        Ok(Self {
            span: task::span(&task),
            tokens: handle.tokens()?,
            task,
            progress,
            doomed,
        })
    }

    fn has_cleared(&self) -> bool {
        let mut outcomes = self.progress.outcomes.iter();
        outcomes.any(|outcome| outcome.erase && outcome.rows > 0)
    }
}

impl Inner {
    /// Before an answer: the database still has everything that was seen committed.
    pub(crate) async fn ensure_whole(&self, tx: &DatabaseTransaction) -> anyhow::Result<()> {
        let replaced = self.privacy.database().replaced().await?;
        if !replaced && self.position.is_whole(tx).await? {
            return Ok(());
        }
        self.lost.notify_one();
        anyhow::bail!("the database was put back to an earlier state")
    }
}
