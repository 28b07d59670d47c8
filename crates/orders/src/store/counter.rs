//! Numbers that are taken under a row lock, held until the transaction ends: without a gap, and committed in order.

use kernel::{NetworkCode, ProviderId};
use sea_orm::QueryResult;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};

use crate::domain::number::OrderNumber;

/// The next order number of a network.
pub async fn next_number(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
) -> Result<OrderNumber, DbErr> {
    let statement = Query::insert()
        .into_table("order_counter")
        .columns(["network", "last_number"])
        .values_panic([network.as_str().into(), 1_i64.into()])
        .on_conflict(
            OnConflict::column("network")
                .value(
                    "last_number",
                    Expr::col((Alias::new("order_counter"), "last_number")).add(1),
                )
                .to_owned(),
        )
        .returning_col("last_number")
        .to_owned();
    let row = db
        .query_one(&statement)
        .await?
        .ok_or_else(|| nothing("order_counter"))?;
    Ok(OrderNumber::new(
        network.clone(),
        row.try_get("", "last_number")?,
    ))
}

/// The next change of a provider's feed.
pub async fn next_change(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<i64, DbErr> {
    let statement = Query::insert()
        .into_table("provider_feed")
        .columns(["network", "provider_id", "last_change"])
        .values_panic([
            network.as_str().into(),
            provider.as_str().into(),
            1_i64.into(),
        ])
        .on_conflict(
            OnConflict::columns(["network", "provider_id"])
                .value(
                    "last_change",
                    Expr::col((Alias::new("provider_feed"), "last_change")).add(1),
                )
                .to_owned(),
        )
        .returning_col("last_change")
        .to_owned();
    let row = db
        .query_one(&statement)
        .await?
        .ok_or_else(|| nothing("provider_feed"))?;
    row.try_get("", "last_change")
}

/// The last change of a provider's feed; 0 when it has none yet.
pub async fn last_change(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<i64, DbErr> {
    let statement = Query::select()
        .column("last_change")
        .from("provider_feed")
        .and_where(Expr::col("network").eq(network.as_str()))
        .and_where(Expr::col("provider_id").eq(provider.as_str()))
        .to_owned();
    db.query_one(&statement)
        .await?
        .map_or(Ok(0), |row| row.try_get("", "last_change"))
}

/// Every feed with its last change, as (network, provider, change).
pub async fn feeds(db: &impl ConnectionTrait) -> Result<Vec<(String, String, i64)>, DbErr> {
    let statement = Query::select()
        .columns(["network", "provider_id", "last_change"])
        .from("provider_feed")
        .to_owned();
    let rows = db.query_all(&statement).await?;
    let feed = |row: QueryResult| {
        Ok((
            row.try_get("", "network")?,
            row.try_get("", "provider_id")?,
            row.try_get("", "last_change")?,
        ))
    };
    rows.into_iter().map(feed).collect()
}

fn nothing(table: &str) -> DbErr {
    DbErr::Custom(format!("{table} returned no row"))
}
