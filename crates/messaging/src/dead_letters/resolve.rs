//! Replaying and dropping.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{DatabaseTransaction, DbErr, QueryOrder as _, QuerySelect as _};
use service_kit::database::Database;

use super::{Filter, Selection, State, matching};
use crate::store::dead_letter::{Column, DROPPED, Entity, Model, OPEN, REPLAYED};
use crate::store::{envelope_of, parked};
use crate::{Envelope, due};

/// Resolved by one call, at most; call again for more.
const AT_ONCE: u64 = 10_000;
/// Resolved by one transaction, so that nobody waits for it long.
const BATCH: usize = 200;

/// Who resolves, and why; both are kept with the dead letter.
#[derive(Clone, Debug)]
pub struct By {
    who: String,
    why: String,
}

impl By {
    /// `who` as kind and id ("staff:…"), `why` in their words.
    ///
    /// # Errors
    /// One of them is empty.
    pub fn new(who: &str, why: &str) -> Result<Self, ResolveError> {
        let (who, why) = (who.trim().to_owned(), why.trim().to_owned());
        if who.is_empty() || why.is_empty() {
            return Err(ResolveError::Unexplained);
        }
        Ok(Self { who, why })
    }
}

/// Whether it is for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// Only count.
    DryRun,
    /// Do it.
    ForReal,
}

/// What was, or would be, done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Open dead letters that are meant.
    pub matched: u64,
    /// Put back in the queue, or dropped.
    pub resolved: u64,
    /// Closed without effect, because the message has taken effect meanwhile.
    pub had_taken_effect: u64,
}

/// Why nothing was resolved.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Who and why must be said.
    #[error("who resolves a dead letter, and why, must be said")]
    Unexplained,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

/// Puts dead letters back in the queue, with their message ids and the attempts counted anew. Replaying what has taken effect
/// does nothing. They come behind later messages of their keys that have taken effect meanwhile.
pub async fn replay(
    database: &Database,
    selection: &Selection,
    by: &By,
    rehearsal: Rehearsal,
) -> Result<Outcome, ResolveError> {
    resolve(database, selection, by, rehearsal, Verdict::Replay).await
}

/// Gives dead letters up for good: their payload is deleted, the fact that they were is kept.
pub async fn drop(
    database: &Database,
    selection: &Selection,
    by: &By,
    rehearsal: Rehearsal,
) -> Result<Outcome, ResolveError> {
    resolve(database, selection, by, rehearsal, Verdict::Drop).await
}

#[derive(Clone, Copy)]
enum Verdict {
    Replay,
    Drop,
}

async fn resolve(
    database: &Database,
    selection: &Selection,
    by: &By,
    rehearsal: Rehearsal,
    verdict: Verdict,
) -> Result<Outcome, ResolveError> {
    let ids = open_ids(database, selection).await?;
    let mut outcome = Outcome {
        matched: u64::try_from(ids.len()).unwrap_or(u64::MAX),
        ..Outcome::default()
    };
    if rehearsal == Rehearsal::DryRun {
        return Ok(outcome);
    }
    for batch in ids.chunks(BATCH) {
        let tx = database.begin().await?;
        for id in batch {
            match resolve_one(&tx, *id, by, verdict).await? {
                Some(true) => outcome.resolved += 1,
                Some(false) => outcome.had_taken_effect += 1,
                None => {}
            }
        }
        tx.commit().await?;
    }
    let what = match verdict {
        Verdict::Replay => "replayed",
        Verdict::Drop => "dropped",
    };
    tracing::info!(
        by = by.who,
        what,
        matched = outcome.matched,
        resolved = outcome.resolved,
        "dead letters resolved"
    );
    Ok(outcome)
}

async fn open_ids(database: &Database, selection: &Selection) -> Result<Vec<Uuid>, DbErr> {
    let query = match selection {
        Selection::Ids(ids) => {
            matching(&Filter::default()).filter(Column::Id.is_in(ids.iter().copied()))
        }
        Selection::Group(filter) => matching(filter),
    };
    let open = query
        .filter(Column::State.eq(State::Open.label()))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE);
    open.select_only()
        .column(Column::Id)
        .into_tuple()
        .all(&database.reader())
        .await
}

/// `None`: somebody else was faster. False: the message has taken effect.
async fn resolve_one(
    tx: &DatabaseTransaction,
    id: Uuid,
    by: &By,
    verdict: Verdict,
) -> Result<Option<bool>, DbErr> {
    let state = match verdict {
        Verdict::Replay => REPLAYED,
        Verdict::Drop => DROPPED,
    };
    let Some(row) = Entity::find_by_id(id).one(tx).await? else {
        return Ok(None);
    };
    let closed = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Payload, Expr::value(Vec::<u8>::new()))
        .col_expr(Column::ResolvedAt, Expr::value(due::now()))
        .col_expr(Column::ResolvedBy, Expr::value(by.who.as_str()))
        .col_expr(Column::ResolvedWhy, Expr::value(by.why.as_str()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(OPEN))
        .exec(tx)
        .await?;
    match verdict {
        _ if closed.rows_affected == 0 => Ok(None),
        Verdict::Drop => Ok(Some(true)),
        Verdict::Replay => put_back(tx, row).await.map(Some),
    }
}

async fn put_back(tx: &DatabaseTransaction, row: Model) -> Result<bool, DbErr> {
    let consumer = row.consumer.clone();
    let envelope: Envelope = envelope_of!(row);
    parked::revive(tx, &consumer, &envelope).await
}
