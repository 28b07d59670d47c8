//! What providers sell in a network.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{counter, unreadable};
use crate::domain::OfferingId;
use crate::domain::catalogue::Offering;
use crate::domain::catalogue::campaign::Validity;
use crate::domain::catalogue::offering::ExternalKey;

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
    /// Name of the product for people.
    pub product_name: String,
    /// JSON.
    pub categories: String,
    /// Mbit/s.
    pub down_mbps: i32,
    /// Mbit/s.
    pub up_mbps: i32,
    /// JSON.
    pub consumer_types: String,
    /// JSON.
    pub price_groups: String,
    /// Months that are paid at a time.
    pub price_period_months: i32,
    /// Months.
    pub notice_months: i32,
    /// How it gets to the customer.
    pub delivery: String,
    /// In the provider's system.
    pub external_product_id: Option<String>,
    /// In the provider's system.
    pub external_offering_id: Option<String>,
    /// JSON.
    pub documents: String,
    /// ISO 8601.
    pub valid_from: Option<String>,
    /// ISO 8601.
    pub valid_until: Option<String>,
    /// Only staff sees it.
    pub draft: bool,
    /// JSON.
    pub campaigns: String,
    /// When its provider has taken it away. The row stays: orders name it.
    pub ended_at: Option<DateTimeUtc>,
    /// [`ON_API`], or empty: entered by staff or uploaded by its provider.
    pub source: String,
    /// Only with a campaign's code.
    pub code_required: bool,
}

/// [`Model::source`]: fetched from its provider's system.
pub const ON_API: &str = "on-api";

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Which offerings are listed.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Only of this provider.
    pub provider: Option<ProviderId>,
    /// Only this one.
    pub id: Option<OfferingId>,
    /// Those that have ended, too.
    pub with_ended: bool,
    /// The page before ended there.
    pub after: Option<OfferingId>,
}

/// Enters an offering, or changes the one with this id. One that had ended begins again. From now on it is whose who entered
/// it: one that was fetched is not fetched any more.
pub async fn put(
    db: &impl ConnectionTrait,
    offering: &Offering,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    put_row(db, offering, to_row(offering, now)?).await
}

/// The same of one that was fetched from its provider's system.
pub async fn put_fetched(
    db: &impl ConnectionTrait,
    offering: &Offering,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        source: Set(ON_API.to_owned()),
        ..to_row(offering, now)?
    };
    put_row(db, offering, row).await
}

async fn put_row(
    db: &impl ConnectionTrait,
    offering: &Offering,
    row: ActiveModel,
) -> Result<(), DbErr> {
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
    }?;
    counter::next_catalogue(db, &offering.network).await
}

/// How many offerings of a provider have not ended; this one is not counted.
pub async fn count_others(db: &impl ConnectionTrait, offering: &Offering) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(offering.network.as_str()))
        .filter(Column::ProviderId.eq(offering.provider.as_str()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::Id.ne(offering.id.as_uuid()))
        .count(db)
        .await
}

/// One offering of the network that has not ended.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OfferingId,
) -> Result<Option<Offering>, DbErr> {
    let row = Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::EndedAt.is_null())
        .one(db)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// One offering of the network, whether it has ended or not.
pub async fn find_any(
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

/// Whose an offering of the network is, whether it has ended or not.
pub async fn owner_of(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: OfferingId,
) -> Result<Option<ProviderId>, DbErr> {
    let row = Entity::find_by_id(id.as_uuid())
        .filter(Column::Network.eq(network.as_str()))
        .one(db)
        .await?;
    row.map(|row| ProviderId::parse(&row.provider_id).map_err(unreadable("provider_id")))
        .transpose()
}

/// The offering that a provider's system calls so, whether it has ended or not.
pub async fn id_of_external(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    key: &ExternalKey,
) -> Result<Option<OfferingId>, DbErr> {
    let id = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::ExternalProductId.eq(key.product.as_str()))
        .filter(Column::ExternalOfferingId.eq(key.offering.as_str()))
        .into_tuple::<Uuid>()
        .one(db)
        .await?;
    Ok(id.map(OfferingId::from_uuid))
}

/// An offering under the key of its provider's system, as a fetch compares it.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// What is sold.
    pub offering: Offering,
    /// Whether it was fetched.
    pub is_fetched: bool,
    /// Whether it has ended.
    pub has_ended: bool,
}

/// A provider's offerings that have a key of its system, ended ones too.
pub async fn keyed(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Vec<Keyed>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::ExternalProductId.is_not_null())
        .all(db)
        .await?;
    let keyed = |row: Model| {
        Ok(Keyed {
            is_fetched: row.source == ON_API,
            has_ended: row.ended_at.is_some(),
            offering: row.into_domain()?,
        })
    };
    rows.into_iter().map(keyed).collect()
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

/// Ends an offering of a provider; says whether there was one that had not ended.
pub async fn end(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
    id: OfferingId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let ended = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::ChangedAt, Expr::value(now))
        .filter(Column::Id.eq(id.as_uuid()))
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    if ended.rows_affected > 0 {
        counter::next_catalogue(db, network).await?;
    }
    Ok(ended.rows_affected > 0)
}

/// Offerings of the network, the oldest first, with the time at which they ended.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    listed: &Listed,
    limit: u64,
) -> Result<Vec<(Offering, Option<DateTime<Utc>>)>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(provider) = &listed.provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    if let Some(id) = listed.id {
        query = query.filter(Column::Id.eq(id.as_uuid()));
    }
    if !listed.with_ended {
        query = query.filter(Column::EndedAt.is_null());
    }
    if let Some(after) = listed.after {
        query = query.filter(Column::Id.gt(after.as_uuid()));
    }
    let rows = query.order_by_asc(Column::Id).limit(limit).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let ended_at = row.ended_at;
            row.into_domain().map(|offering| (offering, ended_at))
        })
        .collect()
}

/// Everything that the providers of a network have entered and not ended, drafts and what is sold later or no more included.
pub async fn all(db: &impl ConnectionTrait, network: &NetworkCode) -> Result<Vec<Offering>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::EndedAt.is_null())
        .all(db)
        .await?;
    rows.into_iter().map(Model::into_domain).collect()
}

fn to_row(offering: &Offering, now: DateTime<Utc>) -> Result<ActiveModel, DbErr> {
    let external = |of: fn(&ExternalKey) -> &String| offering.external.as_ref().map(of).cloned();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    Ok(ActiveModel {
        id: Set(offering.id.as_uuid()),
        network: Set(offering.network.to_string()),
        provider_id: Set(offering.provider.to_string()),
        service: Set(offering.service.clone()),
        name: Set(offering.name.clone()),
        description: Set(offering.description.clone()),
        monthly_price_ore: Set(offering.monthly_price_ore),
        start_price_ore: Set(offering.start_price_ore),
        commitment_months: Set(stored(offering.commitment_months)),
        changed_at: Set(now),
        product_name: Set(offering.product_name.clone()),
        categories: Set(json(&offering.categories)?),
        down_mbps: Set(stored(offering.down_mbps)),
        up_mbps: Set(stored(offering.up_mbps)),
        consumer_types: Set(json(&offering.consumer_types)?),
        price_groups: Set(json(&offering.price_groups)?),
        price_period_months: Set(stored(offering.price_period_months)),
        notice_months: Set(stored(offering.notice_months)),
        delivery: Set(offering.delivery.clone()),
        external_product_id: Set(external(|key| &key.product)),
        external_offering_id: Set(external(|key| &key.offering)),
        documents: Set(json(&offering.documents)?),
        valid_from: Set(day(offering.valid.from)),
        valid_until: Set(day(offering.valid.until)),
        draft: Set(offering.draft),
        campaigns: Set(json(&offering.campaigns)?),
        ended_at: Set(None),
        source: Set(String::new()),
        code_required: Set(offering.code_required),
    })
}

/// Every number of an offering is checked to be far below this.
fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn json(list: &impl Serialize) -> Result<String, DbErr> {
    serde_json::to_string(list).map_err(|error| DbErr::Type(error.to_string()))
}

fn list<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, DbErr> {
    serde_json::from_str(text)
        .map_err(|error| DbErr::Type(format!("stored {what} is unreadable: {error}")))
}

fn day(what: &str, text: Option<&str>) -> Result<Option<NaiveDate>, DbErr> {
    text.map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d"))
        .transpose()
        .map_err(|error| DbErr::Type(format!("stored {what} is unreadable: {error}")))
}

impl Model {
    fn into_domain(self) -> Result<Offering, DbErr> {
        let number = |number: i32| u32::try_from(number).unwrap_or_default();
        let external = self.external_product_id.zip(self.external_offering_id);
        Ok(Offering {
            id: OfferingId::from_uuid(self.id),
            network: NetworkCode::parse(&self.network).map_err(unreadable("network"))?,
            provider: ProviderId::parse(&self.provider_id).map_err(unreadable("provider_id"))?,
            service: self.service,
            name: self.name,
            product_name: self.product_name,
            description: self.description,
            categories: list("categories", &self.categories)?,
            down_mbps: number(self.down_mbps),
            up_mbps: number(self.up_mbps),
            consumer_types: list("consumer_types", &self.consumer_types)?,
            price_groups: list("price_groups", &self.price_groups)?,
            monthly_price_ore: self.monthly_price_ore,
            start_price_ore: self.start_price_ore,
            price_period_months: number(self.price_period_months),
            commitment_months: number(self.commitment_months),
            notice_months: number(self.notice_months),
            delivery: self.delivery,
            external: external.map(|(product, offering)| ExternalKey { product, offering }),
            documents: list("documents", &self.documents)?,
            valid: Validity {
                from: day("valid_from", self.valid_from.as_deref())?,
                until: day("valid_until", self.valid_until.as_deref())?,
            },
            draft: self.draft,
            campaigns: list("campaigns", &self.campaigns)?,
            code_required: self.code_required,
        })
    }
}
