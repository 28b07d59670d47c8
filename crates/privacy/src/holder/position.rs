//! Up to where the database has applied the ledger, and whether it still has what we saw it apply.

use std::{collections::VecDeque, sync::Mutex, sync::PoisonError};

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
};

use crate::store::{ledger_applied, ledger_position};

/// Entries remembered: more than can be in flight at once, few enough for one look-up.
const REMEMBERED: usize = 32;
/// The only row.
const ROW: i32 = 1;

/// What this process has seen committed. A database that lacks any of it has been put back.
#[derive(Debug, Default)]
pub(crate) struct Position(Mutex<Seen>);

#[derive(Clone, Debug, Default)]
struct Seen {
    scanned: i64,
    recent: VecDeque<i64>,
}

impl Position {
    /// An entry has been committed.
    pub(crate) fn saw(&self, entry: i64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.recent.len() == REMEMBERED {
            seen.recent.pop_front();
        }
        seen.recent.push_back(entry);
    }

    /// The ledger has been read without a gap up to here.
    pub(crate) fn scanned(&self, scanned: i64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .scanned = scanned;
    }

    /// After a restore: only what the database now has counts.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
    }

    /// Whether the database still has everything that this process saw it commit.
    pub(crate) async fn is_whole<C: ConnectionTrait>(&self, connection: &C) -> Result<bool, DbErr> {
        let seen = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(last) = seen.recent.back() else {
            return Ok(scanned(connection).await? >= seen.scanned);
        };
        // Always as many, so that it is always the same statement: an entry that is named twice is counted once.
        let mut asked = vec![*last; REMEMBERED];
        asked[..seen.recent.len()]
            .copy_from_slice(&seen.recent.iter().copied().collect::<Vec<_>>());
        let there = Query::select()
            .expr(Expr::col(ledger_applied::Column::Entry).count())
            .from(ledger_applied::Entity)
            .and_where(ledger_applied::Column::Entry.is_in(asked))
            .to_owned();
        let scanned = Query::select()
            .column(ledger_position::Column::Scanned)
            .from(ledger_position::Entity)
            .and_where(ledger_position::Column::Id.eq(ROW))
            .to_owned();
        let both = Query::select()
            .expr(subquery(there))
            .expr(subquery(scanned))
            .to_owned();
        let Some(row) = connection.query_one(&both).await? else {
            return Ok(false);
        };
        let (there, scanned): (i64, Option<i64>) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok(usize::try_from(there) == Ok(seen.recent.len()) && scanned.unwrap_or(0) >= seen.scanned)
    }
}

fn subquery(select: SelectStatement) -> SimpleExpr {
    SimpleExpr::SubQuery(None, Box::new(select.into()))
}

/// Up to where the database has the ledger without a gap.
pub(crate) async fn scanned<C: ConnectionTrait>(connection: &C) -> Result<i64, DbErr> {
    Ok(ledger_position::Entity::find_by_id(ROW)
        .one(connection)
        .await?
        .map_or(0, |r| r.scanned))
}

/// The highest entry that the database knows of.
pub(crate) async fn highest<C: ConnectionTrait>(connection: &C) -> Result<i64, DbErr> {
    let last = ledger_applied::Entity::find()
        .order_by_desc(ledger_applied::Column::Entry)
        .one(connection)
        .await?;
    Ok(Ord::max(
        scanned(connection).await?,
        last.map_or(0, |l| l.entry),
    ))
}

/// Notes that the ledger has been read without a gap up to here.
pub(crate) async fn set_scanned<C: ConnectionTrait>(tx: &C, scanned: i64) -> Result<(), DbErr> {
    let row = ledger_position::ActiveModel {
        id: Set(ROW),
        scanned: Set(scanned),
    };
    let conflict = OnConflict::column(ledger_position::Column::Id)
        .update_column(ledger_position::Column::Scanned)
        .to_owned();
    ledger_position::Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Whether an entry has been applied.
pub(crate) async fn is_applied<C: ConnectionTrait>(
    connection: &C,
    entry: i64,
) -> Result<bool, DbErr> {
    Ok(ledger_applied::Entity::find_by_id(entry)
        .one(connection)
        .await?
        .is_some())
}

/// Notes an entry as applied, not yet proven.
pub(crate) async fn apply<C: ConnectionTrait>(
    tx: &C,
    entry: i64,
    network: &str,
    request_id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), DbErr> {
    let row = ledger_applied::ActiveModel {
        entry: Set(entry),
        network: Set(network.to_owned()),
        request_id: Set(request_id.to_owned()),
        applied_at: Set(now),
        proven_at: Set(None),
    };
    ledger_applied::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Notes entries as proven.
pub(crate) async fn prove<C: ConnectionTrait>(
    tx: &C,
    entries: &[i64],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), DbErr> {
    ledger_applied::Entity::update_many()
        .col_expr(ledger_applied::Column::ProvenAt, Expr::value(now))
        .filter(ledger_applied::Column::Entry.is_in(entries.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}
