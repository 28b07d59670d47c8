//! What providers may see of a network's accesses.

use chrono::NaiveDate;
use kernel::{NetworkCode, OnApiPremisesType, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder};
use uuid::Uuid;

use crate::domain::market::{MarketColumn, MarketContract, Validity};

/// Name of the table in the data map.
pub const TABLE: &str = "market_contract";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "market_contract")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub provider_id: String,
    /// A JSON array of names.
    pub columns: String,
    /// A JSON array of ON-API's words; empty is all.
    pub premises_types: String,
    pub on_api: bool,
    /// `2026-11-22`.
    pub valid_from: String,
    pub valid_until: Option<String>,
    pub changed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn to_domain(&self) -> Result<MarketContract, DbErr> {
        let wrong = |what: &str| DbErr::Type(format!("a stored {what} of a contract is not valid"));
        let words = |json: &str| {
            serde_json::from_str::<Vec<String>>(json).map_err(|e| DbErr::Json(e.to_string()))
        };
        let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| wrong("day"));
        let columns = words(&self.columns)?;
        let premises = words(&self.premises_types)?;
        Ok(MarketContract {
            id: self.id,
            network: NetworkCode::parse(&self.network).map_err(|_| wrong("network"))?,
            provider: ProviderId::parse(&self.provider_id).map_err(|_| wrong("provider"))?,
            columns: columns
                .iter()
                .map(|name| MarketColumn::parse(name).ok_or_else(|| wrong("column")))
                .collect::<Result<_, _>>()?,
            premises: premises
                .iter()
                .map(|word| OnApiPremisesType::parse(word).map_err(|_| wrong("premises type")))
                .collect::<Result<_, _>>()?,
            on_api: self.on_api,
            validity: Validity {
                from: day(&self.valid_from)?,
                until: self.valid_until.as_deref().map(day).transpose()?,
            },
            changed_at: self.changed_at,
        })
    }
}

/// The contracts of a network, by provider and first day; of one provider only when one is named.
pub async fn list<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    provider: Option<&ProviderId>,
) -> Result<Vec<MarketContract>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(provider) = provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    let rows = query
        .order_by_asc(Column::ProviderId)
        .order_by_asc(Column::ValidFrom)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.iter().map(Model::to_domain).collect()
}

/// Enters or changes a contract.
pub async fn put<C: ConnectionTrait>(tx: &C, contract: &MarketContract) -> Result<(), DbErr> {
    let names = |words: Vec<&str>| serde_json::json!(words).to_string();
    let row = ActiveModel {
        id: Set(contract.id),
        network: Set(contract.network.to_string()),
        provider_id: Set(contract.provider.to_string()),
        columns: Set(names(contract.columns.iter().map(|c| c.as_str()).collect())),
        premises_types: Set(names(
            contract.premises.iter().map(|p| p.as_str()).collect(),
        )),
        on_api: Set(contract.on_api),
        valid_from: Set(contract.validity.from.to_string()),
        valid_until: Set(contract.validity.until.map(|day| day.to_string())),
        changed_at: Set(contract.changed_at),
    };
    let changed = OnConflict::column(Column::Id)
        .update_columns([
            Column::Columns,
            Column::PremisesTypes,
            Column::OnApi,
            Column::ValidFrom,
            Column::ValidUntil,
            Column::ChangedAt,
        ])
        .to_owned();
    Entity::insert(row)
        .on_conflict(changed)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
