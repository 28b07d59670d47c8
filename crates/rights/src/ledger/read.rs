//! Reading the ledger: its head, a holder's orders, a request's entries, the whole chain.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{Entry, Ledger, LedgerError, Order, entry, head, part};
use crate::domain::ledger::{EntryKind, follow, genesis};
use crate::store::cases::{entry_column, entry_number};

/// Entries per page of a walk.
const PAGE: u64 = 500;

impl Ledger {
    /// Number and hash of the last entry; 0 and zeros when there is none.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn head(&self) -> Result<(u64, String), LedgerError> {
        let head = head::Entity::find().one(&self.0.database.reader()).await?;
        Ok(head.map_or_else(|| (0, genesis()), |row| (entry_number(row.entry), row.hash)))
    }

    /// A page of what concerns one holder, after an entry, in order. Empty: there is no more.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn orders_of(&self, holder: &str, after: u64) -> Result<Vec<Order>, LedgerError> {
        let reader = self.0.database.reader();
        let parts = part::Entity::find()
            .filter(part::Column::Holder.eq(holder))
            .filter(part::Column::Entry.gt(entry_column(after)))
            .filter(part::Column::DroppedAt.is_null())
            .order_by_asc(part::Column::Entry)
            .limit(PAGE)
            .all(&reader)
            .await?;
        let entries = entry::Entity::find()
            .filter(entry::Column::Entry.is_in(parts.iter().map(|p| p.entry)))
            .order_by_asc(entry::Column::Entry)
            .all(&reader)
            .await?;
        Ok(entries
            .into_iter()
            .zip(parts)
            .map(|(entry, part)| order(entry, part))
            .collect())
    }

    /// The entries of one request, in order.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn entries_of(&self, request_id: &str) -> Result<Vec<Entry>, LedgerError> {
        let rows = entry::Entity::find()
            .filter(entry::Column::RequestId.eq(request_id))
            .order_by_asc(entry::Column::Entry)
            .all(&self.0.database.reader())
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// One entry.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn entry(&self, number: u64) -> Result<Option<Entry>, LedgerError> {
        let row = entry::Entity::find_by_id(entry_column(number))
            .one(&self.0.database.reader())
            .await?;
        Ok(row.map(Into::into))
    }

    /// Walks the whole chain and answers how many entries it has.
    ///
    /// # Errors
    /// [`LedgerError::Broken`] at the first entry that does not follow from the one before, or when the head is another.
    pub async fn verify(&self) -> Result<u64, LedgerError> {
        let reader = self.0.database.reader();
        let (mut last, mut hash) = (0_u64, genesis());
        let (head, head_hash) = self.head().await?;
        loop {
            let page = entry::Entity::find()
                .filter(entry::Column::Entry.gt(entry_column(last)))
                .filter(entry::Column::Entry.lte(entry_column(head)))
                .order_by_asc(entry::Column::Entry)
                .limit(PAGE)
                .all(&reader)
                .await?;
            if page.is_empty() {
                break;
            }
            for row in page {
                last += 1;
                hash = follow(last, &hash, &row.canonical, &row.hash)?;
            }
        }
        if (last, &hash) == (head, &head_hash) {
            Ok(last)
        } else {
            Err(crate::domain::ledger::Broken { entry: head }.into())
        }
    }

    /// Drops handles and decisions of requests that were completed, and of opt-outs that were recorded, before `before`: no backup can hold the person any more.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn drop_handles(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError> {
        let completed = entry::Entity::find()
            .filter(entry::Column::Kind.eq(EntryKind::Completed.as_str()))
            .filter(entry::Column::At.lt(before));
        let requests = completed
            .select_only()
            .column(entry::Column::RequestId)
            .into_query();
        let opted_out = Condition::all()
            .add(entry::Column::Kind.eq(EntryKind::OptOut.as_str()))
            .add(entry::Column::At.lt(before));
        let ended = Condition::any()
            .add(entry::Column::RequestId.in_subquery(requests))
            .add(opted_out);
        let entries = entry::Entity::find()
            .filter(ended)
            .select_only()
            .column(entry::Column::Entry)
            .into_query();
        let tx = self.0.database.begin().await?;
        let dropped = part::Entity::update_many()
            .col_expr(part::Column::ReplayHandle, Expr::value(None::<Vec<u8>>))
            .col_expr(part::Column::Decisions, Expr::value(None::<Vec<u8>>))
            .col_expr(part::Column::Salt, Expr::value(None::<Vec<u8>>))
            .col_expr(part::Column::DroppedAt, Expr::value(now))
            .filter(part::Column::DroppedAt.is_null())
            .filter(part::Column::Entry.in_subquery(entries))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(dropped.rows_affected)
    }
}

fn order(entry: entry::Model, part: part::Model) -> Order {
    Order {
        entry: entry_number(entry.entry),
        request_id: entry.request_id,
        network: entry.network,
        kind: entry.kind,
        at: entry.at,
        replay_handle: part.replay_handle.unwrap_or_default(),
        decisions: String::from_utf8(part.decisions.unwrap_or_default()).unwrap_or_default(),
    }
}
