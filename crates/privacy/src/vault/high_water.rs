//! High-water marks, kept outside the service's database so that a restored database is found to be behind.

use chrono::{DateTime, Duration, DurationRound as _, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, UpdateMany,
};

use super::{Vault, tables::high_water};
use crate::PrivacyError;

/// One life of a feed: from the beginning, or from a restore to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Counted from 1.
    pub number: i64,
    /// The first whole second of it: nothing that was said before this time can be relied on. None: it is the first
    /// epoch, or it began before that was noted.
    pub began_at: Option<DateTime<Utc>>,
}

impl Vault {
    /// The mark and its epoch; `(0, 1)` before the first advance.
    pub(crate) async fn mark(&self, name: &str) -> Result<(i64, i64), PrivacyError> {
        let (value, epoch) = self.mark_and_epoch(name).await?;
        Ok((value, epoch.number))
    }

    /// The mark, and all that is known of its epoch.
    pub(crate) async fn mark_and_epoch(&self, name: &str) -> Result<(i64, Epoch), PrivacyError> {
        let row = high_water::Entity::find_by_id(name)
            .one(&self.database.reader())
            .await
            .map_err(PrivacyError::KeyStore)?;
        let (value, number, began_at) =
            row.map_or((0, 1, None), |m| (m.value, m.epoch, m.epoch_at));
        Ok((value, Epoch { number, began_at }))
    }

    /// Raises the mark; a lower value changes nothing.
    pub(crate) async fn raise(&self, name: &str, value: i64) -> Result<(), PrivacyError> {
        self.write_mark(name, value)
            .await
            .map_err(PrivacyError::KeyStore)
    }

    /// Compares the mark with what the database shows: behind → the mark comes down and a new epoch begins.
    /// Says which epoch it is.
    pub(crate) async fn compare(&self, name: &str, shown: i64) -> Result<i64, PrivacyError> {
        let (value, epoch) = self.mark(name).await?;
        if value <= shown {
            return Ok(epoch);
        }
        self.fall_back(name, shown)
            .await
            .map_err(PrivacyError::KeyStore)?;
        Ok(self.mark(name).await?.1)
    }

    /// The database was put back to an earlier state: every name gets a new epoch.
    pub(crate) async fn new_epochs(&self) -> Result<(), PrivacyError> {
        self.bump_all().await.map_err(PrivacyError::KeyStore)
    }

    async fn write_mark(&self, name: &str, value: i64) -> Result<(), DbErr> {
        let tx = self.database.begin().await?;
        raise_in(&tx, name, value).await?;
        tx.commit().await
    }

    async fn fall_back(&self, name: &str, shown: i64) -> Result<(), DbErr> {
        let tx = self.database.begin().await?;
        self.next_epoch()
            .col_expr(high_water::Column::Value, Expr::value(shown))
            .filter(high_water::Column::Name.eq(name))
            .filter(high_water::Column::Value.gt(shown))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    async fn bump_all(&self) -> Result<(), DbErr> {
        let tx = self.database.begin().await?;
        self.next_epoch().exec(&tx).await?;
        tx.commit().await
    }

    /// A whole second, because HTTP's dates are: whoever names it, or a later one, has read in this epoch.
    fn next_epoch(&self) -> UpdateMany<high_water::Entity> {
        let (now, second) = (self.clock.now(), Duration::seconds(1));
        let begins = now.duration_trunc(second).unwrap_or(now) + second;
        let higher = Expr::col(high_water::Column::Epoch).add(1);
        high_water::Entity::update_many()
            .col_expr(high_water::Column::Epoch, higher)
            .col_expr(high_water::Column::EpochAt, Expr::value(begins))
    }
}

/// Raises a mark in somebody else's transaction; a lower value changes nothing.
pub(super) async fn raise_in<C: ConnectionTrait>(
    tx: &C,
    name: &str,
    value: i64,
) -> Result<(), DbErr> {
    let row = high_water::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value),
        epoch: Set(1),
        epoch_at: Set(None),
    };
    let lower = Expr::col((high_water::Entity, high_water::Column::Value))
        .lt(Expr::col(("excluded", high_water::Column::Value)));
    let higher = OnConflict::column(high_water::Column::Name)
        .update_column(high_water::Column::Value)
        .action_and_where(lower)
        .to_owned();
    high_water::Entity::insert(row)
        .on_conflict(higher)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
