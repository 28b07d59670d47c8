//! Counts of orders, made by the database: one walk along an index for each period.

use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{FromQueryResult, Statement, Value};

use super::order;
use crate::domain::order::OrderState;
use crate::domain::report::{GroupBy, Period};

/// What is counted of the orders of one group that were placed in one period. Times in seconds since the order was placed; by
/// nearest rank, none where no order has come so far.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Cell {
    /// The provider, service or state; empty when nothing is told apart.
    pub grouped: String,
    /// Orders placed.
    pub placed: i64,
    /// Of these, those that their provider has received, or whose personal data it has fetched.
    pub fetched: i64,
    /// Delivered at some time.
    pub delivered: i64,
    /// Cancelled now.
    pub cancelled: i64,
    /// Withdrawn from now.
    pub withdrawn: i64,
    /// Half of the fetched took at most so long.
    pub fetch_median_s: Option<i64>,
    /// Nine of ten.
    pub fetch_p90_s: Option<i64>,
    /// Half of the delivered took at most so long.
    pub deliver_median_s: Option<i64>,
    /// Nine of ten.
    pub deliver_p90_s: Option<i64>,
}

/// How far an order has come, for what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// Its provider has it.
    Fetched,
    /// It is delivered.
    Delivered,
}

/// Stores how long an order took to come so far, if that is not known yet.
pub async fn reached(
    db: &impl ConnectionTrait,
    order: &OrderState,
    milestone: Milestone,
    at: DateTimeUtc,
) -> Result<(), DbErr> {
    let column = match milestone {
        Milestone::Fetched => order::Column::FetchedAfterS,
        Milestone::Delivered => order::Column::DeliveredAfterS,
    };
    let seconds = (at - order.placed_at).num_seconds().max(0);
    order::Entity::update_many()
        .col_expr(column, Expr::value(seconds))
        .filter(order::Column::Id.eq(order.id.as_uuid()))
        .filter(order::Column::Network.eq(order.network.as_str()))
        .filter(column.is_null())
        .exec(db)
        .await
        .map(drop)
}

/// The groups of one period, by name; `limit` bounds the answer. `of`: one provider's orders alone.
pub async fn count(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    of: Option<&ProviderId>,
    (period, by): (Period, GroupBy),
    limit: u64,
) -> Result<Vec<Cell>, DbErr> {
    let mut values: Vec<Value> = vec![
        network.as_str().into(),
        period.from.into(),
        period.until.into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    values.extend(of.map(|provider| Value::from(provider.as_str())));
    let sql = sql(by, of.is_some());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| Cell::from_query_result(row, ""))
        .collect()
}

/// The statement: `$1` network, `$2` and `$3` from and until, `$4` limit, `$5` provider.
pub fn sql(by: GroupBy, of_provider: bool) -> String {
    let group = match by {
        GroupBy::Nothing => "''",
        GroupBy::Provider => "provider_id",
        GroupBy::Service => "service",
        GroupBy::State => "status",
    };
    let provider = if of_provider {
        "AND provider_id = $5"
    } else {
        ""
    };
    let ranked = |column: &str, name: &str| {
        format!(
            "ROW_NUMBER() OVER (PARTITION BY {group} ORDER BY {column} IS NULL, {column}) AS {name}_rank, \
             COUNT({column}) OVER (PARTITION BY {group}) AS {name}_count"
        )
    };
    // Nearest rank: the smallest value that so many of a hundred do not exceed.
    let at = |name: &str, column: &str, percent: u32| {
        format!(
            "MAX(CASE WHEN {name}_rank = ({name}_count * {percent} + 99) / 100 THEN {column} END)"
        )
    };
    let (fetch, deliver) = ("fetched_after_s", "delivered_after_s");
    format!(
        "SELECT grouped, COUNT(*) AS placed, COUNT({fetch}) AS fetched, COUNT({deliver}) AS delivered, \
         COUNT(CASE WHEN status = 'cancelled' THEN 1 END) AS cancelled, \
         COUNT(CASE WHEN status = 'withdrawn' THEN 1 END) AS withdrawn, \
         {} AS fetch_median_s, {} AS fetch_p90_s, {} AS deliver_median_s, {} AS deliver_p90_s \
         FROM (SELECT {group} AS grouped, status, {fetch}, {deliver}, {}, {} FROM customer_order \
         WHERE network = $1 AND placed_at >= $2 AND placed_at < $3 {provider}) AS placed_then \
         GROUP BY grouped ORDER BY grouped LIMIT $4",
        at("fetch", fetch, 50),
        at("fetch", fetch, 90),
        at("deliver", deliver, 50),
        at("deliver", deliver, 90),
        ranked(fetch, "fetch"),
        ranked(deliver, "deliver"),
    )
}
