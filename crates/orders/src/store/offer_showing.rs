//! How often a provider stood where among the offers of a day: counts, and nothing of who looked or where.

use chrono::NaiveDate;
use kernel::{NetworkCode, ProviderId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{FromQueryResult, QuerySelect as _};

use super::unreadable;
use crate::domain::catalogue::neutral::Shown;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offer_showing")]
pub struct Model {
    /// The network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// By Swedish clocks.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// Who was shown.
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: String,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// How many providers the page had.
    #[sea_orm(primary_key, auto_increment = false)]
    pub providers: i32,
    /// How often.
    pub times: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is added to a count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The network.
    pub network: NetworkCode,
    /// By Swedish clocks.
    pub day: NaiveDate,
    /// Who was shown.
    pub provider: ProviderId,
    /// From 1.
    pub position: u32,
    /// How many providers the page had.
    pub providers: u32,
}

#[derive(FromQueryResult)]
struct Sum {
    provider_id: String,
    position: i32,
    providers: i32,
    times: i64,
}

/// Adds to the counts, all in one statement. Instances that add to the same row wait for each other, in the order of the keys.
pub async fn add(db: &impl ConnectionTrait, counts: &[(Key, u64)]) -> Result<(), DbErr> {
    let rows = counts.iter().map(|(key, times)| ActiveModel {
        network: Set(key.network.to_string()),
        day: Set(key.day),
        provider_id: Set(key.provider.to_string()),
        position: Set(i32::try_from(key.position).unwrap_or(i32::MAX)),
        providers: Set(i32::try_from(key.providers).unwrap_or(i32::MAX)),
        times: Set(i64::try_from(*times).unwrap_or(i64::MAX)),
    });
    let key = [
        Column::Network,
        Column::Day,
        Column::ProviderId,
        Column::Position,
        Column::Providers,
    ];
    let sum = Expr::col((Entity, Column::Times)).add(Expr::col(("excluded", Column::Times)));
    let add = OnConflict::columns(key)
        .value(Column::Times, sum)
        .to_owned();
    Entity::insert_many(rows)
        .on_conflict(add)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// What was shown from one day to another, both included.
pub async fn between(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Vec<Shown>, DbErr> {
    let times = Expr::col(Column::Times).sum().cast_as("bigint");
    let rows = Entity::find()
        .select_only()
        .columns([Column::ProviderId, Column::Position, Column::Providers])
        .column_as(times, "times")
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Day.between(from, until))
        .group_by(Column::ProviderId)
        .group_by(Column::Position)
        .group_by(Column::Providers)
        .into_model::<Sum>()
        .all(db)
        .await?;
    rows.into_iter().map(Sum::into_domain).collect()
}

impl Sum {
    fn into_domain(self) -> Result<Shown, DbErr> {
        Ok(Shown {
            provider: ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
            position: u32::try_from(self.position).unwrap_or_default(),
            of: u32::try_from(self.providers).unwrap_or_default(),
            times: u64::try_from(self.times).unwrap_or_default(),
        })
    }
}
