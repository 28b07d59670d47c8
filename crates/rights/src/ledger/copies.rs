//! Keeping the copies of the holders' access logs, and what is wrong with them.

use chrono::{DateTime, Utc};
use privacy::AccessBatch;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{Ledger, LedgerError, access_copy, access_finding, write};
use crate::domain::access_copy::{Around, Flaw, Known, judge};
use crate::store::cases::{entry_column, entry_number};

/// Forged messages may come without end: so many are recorded per holder, the others only counted.
const FORGERIES: u64 = 1_000;

/// A batch that is signed by its holder.
#[derive(Clone, Debug)]
pub struct LogCopy {
    /// Its head.
    pub batch: AccessBatch,
    /// The signed head, encoded.
    pub signed: Vec<u8>,
    /// The holder's own, opaque.
    pub lines: Vec<u8>,
}

impl Ledger {
    /// Keeps a batch, durable when this returns; the same again changes nothing. What is wrong with it is recorded.
    ///
    /// # Errors
    /// [`LedgerError`]; asking again is safe.
    pub async fn keep_copy(&self, copy: LogCopy) -> Result<Option<Flaw>, LedgerError> {
        let now = self.0.clock.now();
        let tx = self.0.database.begin().await?;
        // Under the head's lock: positions have no gap, and a batch is judged by all that came before it.
        write::lock_head(&tx).await?;
        let hash = hex::encode(copy.batch.hash());
        let flaw = match same_number(&tx, &copy.batch).await? {
            Some(known) if known.hash == hash => None,
            Some(_) => Some(Flaw::ReusedNumber),
            None => insert(&tx, &copy, &hash, now).await?,
        };
        if let Some(flaw) = flaw {
            let batch = &copy.batch;
            self.record(&tx, &batch.holder, flaw, &hash, (batch.epoch, batch.number))
                .await?;
        }
        tx.commit().await?;
        Ok(flaw)
    }

    /// Records something that is wrong with what came for a holder's copy, and is not kept.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn note_flaw(
        &self,
        holder: &str,
        flaw: Flaw,
        fingerprint: &str,
        at: (u64, u64),
    ) -> Result<(), LedgerError> {
        let tx = self.0.database.begin().await?;
        let recorded = access_finding::Entity::find()
            .filter(access_finding::Column::Holder.eq(holder))
            .filter(access_finding::Column::Reason.eq(flaw.as_str()))
            .count(&tx)
            .await?;
        if recorded < FORGERIES {
            self.record(&tx, holder, flaw, fingerprint, at).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn record(
        &self,
        tx: &DatabaseTransaction,
        holder: &str,
        flaw: Flaw,
        fingerprint: &str,
        (epoch, number): (u64, u64),
    ) -> Result<(), DbErr> {
        let row = access_finding::ActiveModel {
            id: Set(kernel::new_id(self.0.clock.as_ref())),
            holder: Set(holder.to_owned()),
            reason: Set(flaw.as_str().to_owned()),
            fingerprint: Set(fingerprint.to_owned()),
            epoch: Set(entry_column(epoch)),
            number: Set(entry_column(number)),
            found_at: Set(self.0.clock.now()),
            closed_at: Set(None),
        };
        let again = OnConflict::columns([
            access_finding::Column::Holder,
            access_finding::Column::Reason,
            access_finding::Column::Fingerprint,
        ])
        .do_nothing()
        .to_owned();
        access_finding::Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }

    /// Drops the lines of batches that were sealed before `before`: no backup lacks them any more. The heads stay.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn drop_lines(&self, before: DateTime<Utc>) -> Result<u64, LedgerError> {
        let tx = self.0.database.begin().await?;
        let dropped = access_copy::Entity::update_many()
            .col_expr(
                access_copy::Column::SealedLines,
                Expr::value(None::<Vec<u8>>),
            )
            .filter(access_copy::Column::SealedAt.lt(before))
            .filter(access_copy::Column::SealedLines.is_not_null())
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(dropped.rows_affected)
    }
}

/// Writes a batch whose number is new, and closes what was missing of the one after it.
async fn insert(
    tx: &DatabaseTransaction,
    copy: &LogCopy,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<Flaw>, DbErr> {
    let batch = &copy.batch;
    let around = around(tx, batch).await?;
    let row = access_copy::ActiveModel {
        holder: Set(batch.holder.clone()),
        position: Set(last_position(tx, &batch.holder).await? + 1),
        epoch: Set(entry_column(batch.epoch)),
        number: Set(entry_column(batch.number)),
        previous: Set(hex::encode(batch.previous)),
        hash: Set(hash.to_owned()),
        line_count: Set(i64::from(batch.lines)),
        sealed_at: Set(batch.sealed_at),
        received_at: Set(now),
        signed: Set(copy.signed.clone()),
        sealed_lines: Set(Some(copy.lines.clone())),
    };
    access_copy::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    close_gap(tx, batch, hash, now).await?;
    Ok(judge(batch, &around))
}

/// A batch that came late ends the gap before the one that names it.
async fn close_gap(
    tx: &DatabaseTransaction,
    batch: &AccessBatch,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let next = of(&batch.holder)
        .filter(access_copy::Column::Previous.eq(hash))
        .filter(access_copy::Column::Number.eq(entry_column(batch.number + 1)))
        .all(tx)
        .await?;
    access_finding::Entity::update_many()
        .col_expr(access_finding::Column::ClosedAt, Expr::value(now))
        .filter(access_finding::Column::Holder.eq(batch.holder.as_str()))
        .filter(access_finding::Column::Reason.eq(Flaw::Gap.as_str()))
        .filter(access_finding::Column::Fingerprint.is_in(next.into_iter().map(|row| row.hash)))
        .filter(access_finding::Column::ClosedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

async fn around(tx: &DatabaseTransaction, batch: &AccessBatch) -> Result<Around, DbErr> {
    let previous = hex::encode(batch.previous);
    let named = of(&batch.holder)
        .filter(access_copy::Column::Hash.eq(previous.as_str()))
        .one(tx)
        .await?;
    let before = of(&batch.holder)
        .filter(access_copy::Column::Epoch.eq(entry_column(batch.epoch)))
        .filter(access_copy::Column::Number.eq(entry_column(batch.number - 1)));
    let siblings = of(&batch.holder).filter(access_copy::Column::Previous.eq(previous));
    Ok(Around {
        named: named.map(|row| Known {
            epoch: entry_number(row.epoch),
            number: entry_number(row.number),
        }),
        has_number_before: before.one(tx).await?.is_some(),
        has_sibling: siblings.one(tx).await?.is_some(),
    })
}

async fn same_number(
    tx: &DatabaseTransaction,
    batch: &AccessBatch,
) -> Result<Option<access_copy::Model>, DbErr> {
    let same = Condition::all()
        .add(access_copy::Column::Epoch.eq(entry_column(batch.epoch)))
        .add(access_copy::Column::Number.eq(entry_column(batch.number)));
    of(&batch.holder).filter(same).one(tx).await
}

async fn last_position<C: ConnectionTrait>(tx: &C, holder: &str) -> Result<i64, DbErr> {
    let last = of(holder)
        .order_by_desc(access_copy::Column::Position)
        .select_only()
        .column(access_copy::Column::Position)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.unwrap_or_default())
}

pub(super) fn of(holder: &str) -> sea_orm::Select<access_copy::Entity> {
    access_copy::Entity::find().filter(access_copy::Column::Holder.eq(holder))
}
