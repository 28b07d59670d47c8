//! Numbers that are taken under a row lock, held until the transaction ends: without a gap, and committed in order.

use kernel::{NetworkCode, ProviderId};
use sea_orm::QueryResult;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};

use crate::domain::number::OrderNumber;

const CATALOGUE: &str = "catalogue_version";

/// The next order number of a network.
pub async fn next_number(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
) -> Result<OrderNumber, DbErr> {
    let whose = [("network", network.as_str())];
    let number = next(db, "order_counter", &whose, "last_number").await?;
    Ok(OrderNumber::new(network.clone(), number))
}

/// The next change of a provider's feed.
pub async fn next_change(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<i64, DbErr> {
    let whose = [
        ("network", network.as_str()),
        ("provider_id", provider.as_str()),
    ];
    next(db, "provider_feed", &whose, "last_change").await
}

/// Says that what a network sells, or who sells it, is another from here on.
pub async fn next_catalogue(db: &impl ConnectionTrait, network: &NetworkCode) -> Result<(), DbErr> {
    let whose = [("network", network.as_str())];
    next(db, CATALOGUE, &whose, "version").await.map(drop)
}

/// Rises with everything that changes what a network sells; 0 when nothing ever has.
pub async fn catalogue_version(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
) -> Result<i64, DbErr> {
    let statement = Query::select()
        .column("version")
        .from(CATALOGUE)
        .and_where(Expr::col("network").eq(network.as_str()))
        .to_owned();
    db.query_one(&statement)
        .await?
        .map_or(Ok(0), |row| row.try_get("", "version"))
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

/// Raises a count by one, from 1 on.
async fn next(
    db: &impl ConnectionTrait,
    table: &'static str,
    whose: &[(&'static str, &str)],
    count: &'static str,
) -> Result<i64, DbErr> {
    let (keys, values): (Vec<_>, Vec<_>) = whose.iter().copied().unzip();
    let raised = Expr::col((Alias::new(table), count)).add(1);
    let statement = Query::insert()
        .into_table(table)
        .columns(keys.iter().copied().chain([count]))
        .values_panic(
            values
                .into_iter()
                .map(Expr::from)
                .chain([Expr::from(1_i64)]),
        )
        .on_conflict(OnConflict::columns(keys).value(count, raised).to_owned())
        .returning_col(count)
        .to_owned();
    let row = db.query_one(&statement).await?;
    let row = row.ok_or_else(|| DbErr::Custom(format!("{table} returned no row")))?;
    row.try_get("", count)
}
