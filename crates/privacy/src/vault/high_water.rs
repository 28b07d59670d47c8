//! High-water marks, kept outside the service's database so that a restored database is found to be behind.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::{Vault, tables::high_water};
use crate::PrivacyError;

impl Vault {
    /// The mark and its epoch; `(0, 1)` before the first advance.
    pub(crate) async fn mark(&self, name: &str) -> Result<(i64, i64), PrivacyError> {
        let row = high_water::Entity::find_by_id(name)
            .one(&self.database.reader())
            .await;
        Ok(row
            .map_err(PrivacyError::KeyStore)?
            .map_or((0, 1), |m| (m.value, m.epoch)))
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
        high_water::Entity::update_many()
            .col_expr(
                high_water::Column::Epoch,
                Expr::col(high_water::Column::Epoch).add(1),
            )
            .col_expr(high_water::Column::Value, Expr::value(shown))
            .filter(high_water::Column::Name.eq(name))
            .filter(high_water::Column::Value.gt(shown))
            .exec(&tx)
            .await?;
        tx.commit().await
    }

    async fn bump_all(&self) -> Result<(), DbErr> {
        let tx = self.database.begin().await?;
        high_water::Entity::update_many()
            .col_expr(
                high_water::Column::Epoch,
                Expr::col(high_water::Column::Epoch).add(1),
            )
            .exec(&tx)
            .await?;
        tx.commit().await
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
