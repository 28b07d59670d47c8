//! What providers sell in a network.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::unreadable;
use crate::domain::OfferingId;
use crate::domain::catalogue::Offering;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offering")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who sells it.
    pub provider_id: String,
    /// The technical service.
    pub service: String,
    /// Name for people.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Öre a month.
    pub monthly_price_ore: i64,
    /// Öre at the start.
    pub start_price_ore: i64,
    /// Months.
    pub commitment_months: i32,
    /// When it was last put.
    pub changed_at: DateTimeUtc,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Enters an offering, or changes the one with this id.
pub async fn put(
    db: &impl ConnectionTrait,
    offering: &Offering,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(offering.id.as_uuid()),
        network: Set(offering.network.to_string()),
        provider_id: Set(offering.provider.to_string()),
        service: Set(offering.service.clone()),
        name: Set(offering.name.clone()),
        description: Set(offering.description.clone()),
        monthly_price_ore: Set(offering.monthly_price_ore),
        start_price_ore: Set(offering.start_price_ore),
        commitment_months: Set(i32::try_from(offering.commitment_months).unwrap_or(i32::MAX)),
        changed_at: Set(now),
    };
    let known = Entity::find_by_id(offering.id.as_uuid())
        .filter(Column::Network.eq(offering.network.as_str()))
        .one(db)
        .await?;
    match known {
        Some(_) => Entity::update(row).exec(db).await.map(drop),
        None => Entity::insert(row)
            .exec_without_returning(db)
            .await
            .map(drop),
    }
}

/// One offering of the network.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OfferingId,
) -> Result<Option<Offering>, DbErr> {
    let row = Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .one(db)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// Whether the id is taken by an offering of any network: the one query that is not scoped, because ids are global.
pub async fn is_taken_elsewhere(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OfferingId,
) -> Result<bool, DbErr> {
    let row = Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.ne(network.as_str()))
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// What can be had over these technical services, the cheapest first; `limit` bounds the answer.
pub async fn list_for_services(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    services: &[String],
    limit: u64,
) -> Result<Vec<Offering>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Service.is_in(services.iter().map(String::as_str)))
        .order_by_asc(Column::MonthlyPriceOre)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Model::into_domain).collect()
}

impl Model {
    fn into_domain(self) -> Result<Offering, DbErr> {
        Ok(Offering {
            id: OfferingId::from_uuid(self.id),
            network: NetworkCode::parse(&self.network).map_err(unreadable("network"))?,
            provider: ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
            service: self.service,
            name: self.name,
            description: self.description,
            monthly_price_ore: self.monthly_price_ore,
            start_price_ore: self.start_price_ore,
            commitment_months: u32::try_from(self.commitment_months).unwrap_or_default(),
        })
    }
}
