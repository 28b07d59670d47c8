//! Reading the copies of the holders' access logs: back to the holder, and for staff.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::copies::of;
use super::{Ledger, LedgerError, access_copy, access_finding};
use crate::store::cases::{entry_column, entry_number};

/// Batches per page: some 100 kB each.
const PAGE: u64 = 20;
/// Findings that are shown: the newest.
const SHOWN: u64 = 20;

/// A batch as it is given back to its holder.
#[derive(Clone, Debug)]
pub struct KeptCopy {
    /// Counts the holder's batches.
    pub position: u64,
    /// The signed head, encoded.
    pub signed: Vec<u8>,
    /// The holder's own; empty when they were dropped with age.
    pub lines: Vec<u8>,
}

/// What there is of one holder's access log.
#[derive(Clone, Debug, Default)]
pub struct CopyView {
    /// Batches.
    pub batches: u64,
    /// Readings in them.
    pub lines: u64,
    /// When the last of them was sealed.
    pub last_sealed_at: Option<DateTime<Utc>>,
    /// The newest findings.
    pub findings: Vec<Finding>,
    /// Findings that are not closed.
    pub open_findings: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// As [`crate::domain::access_copy::Flaw::as_str`].
    pub reason: String,
    /// Of the batch; 0 when it cannot be told.
    pub epoch: u64,
    /// Of the batch; 0 when it cannot be told.
    pub number: u64,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// When what was missing came.
    pub closed_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Last {
    position: i64,
    sealed_at: DateTime<Utc>,
}

impl Ledger {
    /// A page of a holder's batches after a position, in the order of their arrival. Empty: there is no more.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn copies_of(&self, holder: &str, after: u64) -> Result<Vec<KeptCopy>, LedgerError> {
        let rows = of(holder)
            .filter(access_copy::Column::Position.gt(entry_column(after)))
            .order_by_asc(access_copy::Column::Position)
            .limit(PAGE)
            .all(&self.0.database.reader())
            .await?;
        let kept = |row: access_copy::Model| KeptCopy {
            position: entry_number(row.position),
            signed: row.signed,
            lines: row.sealed_lines.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(kept).collect())
    }

    /// What there is of a holder's access log, and what is wrong with it.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn copy_view(&self, holder: &str) -> Result<CopyView, LedgerError> {
        let reader = self.0.database.reader();
        let last = of(holder)
            .select_only()
            .columns([access_copy::Column::Position, access_copy::Column::SealedAt])
            .order_by_desc(access_copy::Column::Position)
            .into_model::<Last>()
            .one(&reader)
            .await?;
        let lines: Option<Option<i64>> = of(holder)
            .select_only()
            .expr(Expr::cust("CAST(SUM(line_count) AS BIGINT)"))
            .into_tuple()
            .one(&reader)
            .await?;
        let theirs =
            access_finding::Entity::find().filter(access_finding::Column::Holder.eq(holder));
        let findings = theirs
            .clone()
            .order_by_desc(access_finding::Column::FoundAt)
            .limit(SHOWN)
            .all(&reader)
            .await?;
        let open = theirs.filter(access_finding::Column::ClosedAt.is_null());
        Ok(CopyView {
            batches: last.as_ref().map_or(0, |last| entry_number(last.position)),
            lines: lines.flatten().map_or(0, entry_number),
            last_sealed_at: last.map(|last| last.sealed_at),
            findings: findings.into_iter().map(Finding::from).collect(),
            open_findings: open.count(&reader).await?,
        })
    }
}

impl From<access_finding::Model> for Finding {
    fn from(row: access_finding::Model) -> Self {
        Self {
            reason: row.reason,
            epoch: entry_number(row.epoch),
            number: entry_number(row.number),
            found_at: row.found_at,
            closed_at: row.closed_at,
        }
    }
}
