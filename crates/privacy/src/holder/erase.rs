//! Transaction 1 of an erasure: rows cleared, tokens dropped, what is retained restricted, recipients computed. What is
//! done here is not yet proven; keys and the second reading follow.

use std::collections::BTreeSet;

use api::privacy::{ExecutionOrdered, RecipientRef};
use chrono::{DateTime, Utc};
use messaging::{HandlerError, Work};
use prost::Message;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use super::handle::{HandleError, ReplayHandle};
use super::rows::{Counts, Rows, Survey};
use super::task::{self, NewTask, Task};
use super::{Inner, position, spare};
use crate::store::subject;
use crate::{OnErasure, PrivacyError, SubjectId, Token, facade};

mod suppress;

/// What transaction 1 did; the answer is made of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub subjects: Vec<SubjectId>,
    pub outcomes: Vec<Outcome>,
    pub recipients: Vec<Recipient>,
    pub executed_at: DateTime<Utc>,
}

/// What happened to one category.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub category: String,
    pub erase: bool,
    pub rows: u64,
    pub legal_basis: String,
    pub retain_until: String,
}

/// [`RecipientRef`] for storage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recipient {
    pub recipient: String,
    pub record_ids: Vec<String>,
}

/// Why an erasure was not executed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    #[error(transparent)]
    Handle(#[from] HandleError),
    #[error("the order decides on a category that is not declared")]
    UnknownCategory,
    #[error("the order names neither erase nor retain")]
    UnknownAction,
    #[error("an erasure is ordered by a ledger entry and a time")]
    NotLedgered,
    #[error("the database was put back to an earlier state")]
    Lost,
    #[error("the recipients could not be computed")]
    Hooks(#[source] anyhow::Error),
    #[error(transparent)]
    Privacy(#[from] PrivacyError),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What is decided, with the names of the data map.
struct Plan {
    erase: BTreeSet<&'static str>,
    retain: BTreeSet<&'static str>,
}

/// Executes an order in `work`. The task that comes back has no proof yet.
pub(crate) async fn execute(
    inner: &Inner,
    work: &mut Work,
    order: &ExecutionOrdered,
    replayed: bool,
) -> Result<Task, EraseError> {
    let entry = i64::try_from(order.ledger_entry)
        .ok()
        .filter(|e| *e > 0)
        .ok_or(EraseError::NotLedgered)?;
    let ordered_at = order
        .ordered_at
        .and_then(moment)
        .ok_or(EraseError::NotLedgered)?;
    if !inner.position.is_whole(work.tx()).await? {
        inner.lost.notify_one();
        return Err(EraseError::Lost);
    }
    let plan = plan(inner, order)?;
    let handle = ReplayHandle::open(&order.replay_handle, inner.privacy.tokens(), &order.network)?;
    let tokens = handle.tokens()?;
    let asked = Asked {
        order,
        entry,
        handle: &handle,
        tokens: &tokens,
        ordered_at,
        // A file is no basis to bring somebody back, also when it came after the order.
        also_later: inner.privacy.data_map().imports(),
    };
    let mut subjects = hold_subjects(work.tx(), asked, &[]).await?;
    let rows = Rows {
        map: inner.privacy.data_map(),
        schema: inner.schema().await?,
        network: &order.network,
        subjects: &subjects,
        tokens: &tokens,
    };
    let moment = Some(spare::last_id_of(ordered_at));
    let mut survey = rows.survey(work.tx(), moment).await?;
    if survey.has_later() {
        spare::spare_later(&inner.privacy, work.tx(), rows, ordered_at).await?;
        survey = rows.survey(work.tx(), moment).await?;
    }
    let recipients = inner
        .hooks
        .recipients(work.tx(), &subjects)
        .await
        .map_err(EraseError::Hooks)?;
    let mut erased = survey.counts(&plan.erase);
    rows.erase(work.tx(), &survey, &plan.erase).await?;
    let now = inner.privacy.clock().now();
    let (kept, retained) = retained(work.tx(), rows, &survey, &plan.retain).await?;
    suppress::suppress(work.tx(), order, entry, &subjects, &kept, &tokens, now).await?;
    settle(work.tx(), &subjects, &kept, now).await?;
    if asked.also_later {
        let (brought, counts) = clear_brought(work.tx(), asked, rows, &plan.erase, now).await?;
        subjects.extend(brought);
        for (category, count) in counts {
            *erased.entry(category).or_default() += count;
        }
    }
    position::apply(work.tx(), entry, &order.network, &order.request_id, now).await?;
    let progress = Progress {
        outcomes: outcomes(inner, order, &plan, &erased, &retained),
        recipients: recipients.into_iter().map(Recipient::from).collect(),
        executed_at: now,
        subjects,
    };
    store(inner, work.tx(), order, entry, &progress, replayed).await
}

fn plan(inner: &Inner, order: &ExecutionOrdered) -> Result<Plan, EraseError> {
    let map = inner.privacy.data_map();
    if order
        .decisions
        .iter()
        .any(|d| map.category(&d.category).is_none())
    {
        return Err(EraseError::UnknownCategory);
    }
    let mut plan = Plan {
        erase: BTreeSet::new(),
        retain: BTreeSet::new(),
    };
    for category in map.categories {
        let decided = order
            .decisions
            .iter()
            .find(|d| d.category == category.name)
            .map(|d| d.action.as_str());
        let erase = match (decided, category.on_erasure) {
            (Some("erase"), _) | (None, OnErasure::Erase) => true,
            (Some("retain"), _) | (None, OnErasure::Retain { .. }) => false,
            (Some(_), _) => return Err(EraseError::UnknownAction),
        };
        if erase {
            plan.erase.insert(category.name)
        } else {
            plan.retain.insert(category.name)
        };
    }
    Ok(plan)
}

/// Clears whom an import has brought that was being applied while the order was executed, and is committed since; says whom,
/// and how many rows. The import looks at what is suppressed before it ends
/// ([`Privacy::brought_although_suppressed`](crate::Privacy::brought_although_suppressed)), so that one of the two sees the
/// other.
async fn clear_brought(
    tx: &DatabaseTransaction,
    asked: Asked<'_>,
    rows: Rows<'_>,
    categories: &BTreeSet<&'static str>,
    now: DateTime<Utc>,
) -> Result<(Vec<SubjectId>, Counts), EraseError> {
    let moment = Some(spare::last_id_of(asked.ordered_at));
    let (mut brought, mut counts) = (Vec::new(), Counts::new());
    for subject in hold_subjects(tx, asked, rows.subjects).await? {
        let theirs = Rows {
            subjects: &[subject],
            tokens: &[],
            ..rows
        };
        let survey = theirs.survey(tx, moment).await?;
        // What was spared is nobody's file.
        if survey.has_later() {
            continue;
        }
        theirs.erase(tx, &survey, categories).await?;
        for (category, count) in survey.counts(categories) {
            *counts.entry(category).or_default() += count;
        }
        brought.push(subject);
    }
    suppress::suppress(tx, asked.order, asked.entry, &brought, &[], &[], now).await?;
    settle(tx, &brought, &[], now).await?;
    Ok((brought, counts))
}

/// Whom an order is about.
#[derive(Clone, Copy)]
struct Asked<'a> {
    order: &'a ExecutionOrdered,
    /// Its entry in the ledger.
    entry: i64,
    handle: &'a ReplayHandle,
    tokens: &'a [Token],
    ordered_at: DateTime<Utc>,
    /// Also subjects that are younger than the order.
    also_later: bool,
}

/// The subjects of the order besides those that are held already, held until the transaction ends: those that discovery
/// found, and those that the same tokens lead to, as far as they are older than the order.
async fn hold_subjects(
    tx: &DatabaseTransaction,
    asked: Asked<'_>,
    held: &[SubjectId],
) -> Result<Vec<SubjectId>, DbErr> {
    let network = asked.order.network.as_str();
    let found = facade::matches(tx, network, asked.tokens).await?;
    let mut ids: Vec<_> = found.iter().map(|m| m.subject).collect();
    ids.extend(&asked.handle.subjects);
    ids.retain(|id| !held.contains(id));
    let mut ids: Vec<_> = ids.iter().map(SubjectId::as_uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = subject::Entity::find()
        .filter(subject::Column::Id.is_in(ids))
        .filter(subject::Column::Network.eq(network))
        .order_by_asc(subject::Column::Id)
        .lock(LockType::Update)
        .all(tx)
        .await?;
    let named = |id| asked.handle.subjects.contains(&SubjectId::from_uuid(id));
    let is_meant =
        |s: &subject::Model| asked.also_later || s.created_at <= asked.ordered_at || named(s.id);
    Ok(rows
        .into_iter()
        .filter(is_meant)
        .map(|s| SubjectId::from_uuid(s.id))
        .collect())
}

/// Which subjects keep something, and how many rows of each category.
async fn retained(
    tx: &DatabaseTransaction,
    rows: Rows<'_>,
    survey: &Survey,
    categories: &BTreeSet<&'static str>,
) -> Result<(Vec<SubjectId>, Counts), DbErr> {
    let total = survey.counts(categories);
    let keeps = |counts: &Counts| counts.values().any(|n| *n > 0);
    let kept = match rows.subjects {
        subjects if !keeps(&survey.counts_of_subjects(categories)) => subjects[..0].to_vec(),
        [only] => vec![*only],
        subjects => {
            let mut kept = Vec::new();
            for subject in subjects {
                let theirs = Rows {
                    subjects: std::slice::from_ref(subject),
                    tokens: &[],
                    ..rows
                };
                if keeps(&theirs.survey(tx, None).await?.counts(categories)) {
                    kept.push(*subject);
                }
            }
            kept
        }
    };
    Ok((kept, total))
}

/// Restricts the subjects that keep something, and marks the others as erased.
async fn settle(
    tx: &DatabaseTransaction,
    subjects: &[SubjectId],
    kept: &[SubjectId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mark = |column: subject::Column, ids: Vec<uuid::Uuid>| {
        let mark = subject::Entity::update_many().col_expr(column, Expr::value(now));
        mark.filter(subject::Column::Id.is_in(ids))
            .filter(column.is_null())
    };
    let (restricted, erased): (Vec<_>, Vec<_>) = subjects
        .iter()
        .partition::<Vec<SubjectId>, _>(|s| kept.contains(s));
    if !restricted.is_empty() {
        let ids = restricted.iter().map(SubjectId::as_uuid).collect();
        mark(subject::Column::RestrictedAt, ids).exec(tx).await?;
    }
    if !erased.is_empty() {
        let ids = erased.iter().map(SubjectId::as_uuid).collect();
        mark(subject::Column::ErasedAt, ids).exec(tx).await?;
    }
    Ok(())
}

fn outcomes(
    inner: &Inner,
    order: &ExecutionOrdered,
    plan: &Plan,
    erased: &Counts,
    retained: &Counts,
) -> Vec<Outcome> {
    let outcome = |category: &crate::Category| {
        let erase = plan.erase.contains(category.name);
        let counts = if erase { erased } else { retained };
        let decision = order
            .decisions
            .iter()
            .find(|d| !erase && d.category == category.name);
        Outcome {
            category: category.name.to_owned(),
            erase,
            rows: counts.get(category.name).copied().unwrap_or_default(),
            legal_basis: decision.map(|d| d.legal_basis.clone()).unwrap_or_default(),
            retain_until: decision.map(|d| d.retain_until.clone()).unwrap_or_default(),
        }
    };
    inner
        .privacy
        .data_map()
        .categories
        .iter()
        .map(outcome)
        .collect()
}

async fn store(
    inner: &Inner,
    tx: &DatabaseTransaction,
    order: &ExecutionOrdered,
    entry: i64,
    progress: &Progress,
    replayed: bool,
) -> Result<Task, EraseError> {
    let clock = inner.privacy.clock();
    let new = NewTask {
        kind: task::ERASE,
        request_id: order.request_id.clone(),
        reference: entry,
        network: order.network.clone(),
        state: task::UNPROVEN,
        payload: order.encode_to_vec(),
        progress: serde_json::to_string(progress).expect("progress is plain data"),
        replayed,
    };
    Ok(task::insert(tx, kernel::new_id(clock.as_ref()), clock.now(), new).await?)
}

/// The moment that a message names.
pub(crate) fn moment(at: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

/// The message's form of a moment.
pub(crate) fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos =
        i32::try_from(at.timestamp_subsec_nanos() % 1_000_000_000).expect("below a billion");
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos,
    }
}

impl From<RecipientRef> for Recipient {
    fn from(r: RecipientRef) -> Self {
        Self {
            recipient: r.recipient,
            record_ids: r.record_ids,
        }
    }
}

impl From<EraseError> for HandlerError {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Handle(_)
            | EraseError::UnknownCategory
            | EraseError::UnknownAction
            | EraseError::NotLedgered => Self::fail(error),
            EraseError::Lost
            | EraseError::Hooks(_)
            | EraseError::Privacy(_)
            | EraseError::Database(_) => Self::retry(error),
        }
    }
}
