//! Providers of a network.

use chrono::{DateTime, Utc};
use kernel::{Email, NetworkCode, ProviderId};
use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use super::{counter, unreadable};
use crate::domain::catalogue::Provider;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider")]
pub struct Model {
    /// The network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// Short name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: String,
    /// Name for people.
    pub name: String,
    /// Function address.
    pub order_email: String,
    /// https.
    pub privacy_url: String,
    /// E.164, or empty.
    pub phone: String,
    /// In ON-API's grammar, or empty.
    pub opening_hours: String,
    /// https, or empty.
    pub website: String,
    /// What it says of itself.
    pub presentation: String,
    /// When it was last put.
    pub changed_at: DateTimeUtc,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Enters or changes a provider.
pub async fn put(
    db: &impl ConnectionTrait,
    provider: &Provider,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        network: Set(provider.network.to_string()),
        provider_id: Set(provider.id.to_string()),
        name: Set(provider.name.clone()),
        order_email: Set(provider.order_email.as_str().to_owned()),
        privacy_url: Set(provider.privacy_url.clone()),
        phone: Set(provider.phone.clone()),
        opening_hours: Set(provider.opening_hours.clone()),
        website: Set(provider.website.clone()),
        presentation: Set(provider.presentation.clone()),
        changed_at: Set(now),
    };
    let change = OnConflict::columns([Column::Network, Column::ProviderId])
        .update_columns([
            Column::Name,
            Column::OrderEmail,
            Column::PrivacyUrl,
            Column::Phone,
            Column::OpeningHours,
            Column::Website,
            Column::Presentation,
            Column::ChangedAt,
        ])
        .to_owned();
    Entity::insert(row)
        .on_conflict(change)
        .exec_without_returning(db)
        .await?;
    counter::next_catalogue(db, &provider.network).await
}

/// One provider.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: &ProviderId,
) -> Result<Option<Provider>, DbErr> {
    let row = Entity::find_by_id((network.to_string(), id.to_string()))
        .one(db)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// The same, and nobody else changes it, or enters what it sells, until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: &ProviderId,
) -> Result<Option<Provider>, DbErr> {
    use sea_orm::QuerySelect as _;
    let row = Entity::find_by_id((network.to_string(), id.to_string()))
        .lock_exclusive()
        .one(db)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// A network's providers by id; `limit` bounds the answer.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    limit: u64,
) -> Result<Vec<Provider>, DbErr> {
    use sea_orm::QuerySelect as _;
    let rows = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .order_by_asc(Column::ProviderId)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Model::into_domain).collect()
}

impl Model {
    fn into_domain(self) -> Result<Provider, DbErr> {
        Ok(Provider {
            network: NetworkCode::parse(&self.network).map_err(unreadable("network"))?,
            id: ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
            name: self.name,
            order_email: Email::parse(&self.order_email).map_err(unreadable("order_email"))?,
            privacy_url: self.privacy_url,
            phone: self.phone,
            opening_hours: self.opening_hours,
            website: self.website,
            presentation: self.presentation,
        })
    }
}
