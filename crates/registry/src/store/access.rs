//! The accesses.

use std::collections::HashMap;

use kernel::{AccessId, AccessState, Address, AddressParts, NetworkCode, Violation};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, FromQueryResult, Iterable, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::domain::access::AccessFacts;
use crate::store::parameters;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub access_id: String,
    pub street_name: String,
    pub street_number: String,
    pub street_littera: String,
    pub postal_code: String,
    pub city: String,
    pub country_code: String,
    pub apartment_number: String,
    pub distinguisher: String,
    /// MdB2's word; `onapi_premises_type` is ON-API's (decision 31).
    pub premises_type: String,
    pub onapi_premises_type: String,
    pub property_designation: String,
    pub sweref_type: String,
    pub sweref_north: String,
    pub sweref_east: String,
    pub state: String,
    /// A JSON array; null leaves the services to the network's default.
    pub services: Option<String>,
    pub content_hash: Vec<u8>,
    pub changed_at: DateTimeUtc,
    /// Set when a complete import did not name it any more.
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a comparison needs of a stored access.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Stored {
    access_id: String,
    /// [`AccessFacts::content_hash`] of what is stored.
    pub content_hash: Vec<u8>,
    /// Set when it has ended.
    pub ended_at: Option<DateTimeUtc>,
}

impl Model {
    /// The address, as it was accepted.
    pub fn address(&self) -> Result<Address, Vec<Violation>> {
        Address::parse(AddressParts {
            street_name: self.street_name.clone(),
            street_number: self.street_number.clone(),
            street_littera: self.street_littera.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            country_code: self.country_code.clone(),
            apartment_number: self.apartment_number.clone(),
        })
    }

    /// The state, as it was accepted.
    pub fn access_state(&self) -> Result<AccessState, DbErr> {
        AccessState::parse(&self.state).map_err(|e| DbErr::Type(e.to_string()))
    }

    /// The services that the file listed, if it did.
    pub fn listed_services(&self) -> Result<Option<Vec<String>>, DbErr> {
        self.services
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|e| DbErr::Json(e.to_string()))
    }
}

/// A row for these facts.
pub fn row(
    id: Uuid,
    network: &NetworkCode,
    facts: &AccessFacts,
    changed_at: DateTimeUtc,
) -> ActiveModel {
    let address = &facts.address;
    let services = facts
        .services
        .as_ref()
        .map(|s| Json::from(s.clone()).to_string());
    ActiveModel {
        id: Set(id),
        network: Set(network.to_string()),
        access_id: Set(facts.access_id.to_string()),
        street_name: Set(address.street_name().to_owned()),
        street_number: Set(address.street_number().to_owned()),
        street_littera: Set(address.street_littera().to_owned()),
        postal_code: Set(address.postal_code().to_string()),
        city: Set(address.city().to_owned()),
        country_code: Set(address.country_code().to_string()),
        apartment_number: Set(address.apartment_number().to_owned()),
        distinguisher: Set(facts.distinguisher.clone()),
        premises_type: Set(facts.premises.market_database.to_string()),
        onapi_premises_type: Set(facts.premises.on_api.to_string()),
        property_designation: Set(facts.property_designation.clone()),
        sweref_type: Set(facts.coordinates.system.clone()),
        sweref_north: Set(facts.coordinates.north.clone()),
        sweref_east: Set(facts.coordinates.east.clone()),
        state: Set(facts.state.to_string()),
        services: Set(services),
        content_hash: Set(facts.content_hash()),
        changed_at: Set(changed_at),
        ended_at: Set(None),
    }
}

/// What is stored of these accesses.
pub async fn stored<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    ids: &[&AccessId],
) -> Result<HashMap<String, Stored>, DbErr> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in parameters(ids) {
        let rows = scoped(network)
            .filter(Column::AccessId.is_in(ids.iter().map(|id| id.as_str())))
            .select_only()
            .columns([Column::AccessId, Column::ContentHash, Column::EndedAt])
            .into_model::<Stored>()
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.access_id.clone(), row)));
    }
    Ok(found)
}

/// Writes accesses, new ones and changed ones alike; the id of one that exists stays.
pub async fn put<C: ConnectionTrait>(tx: &C, rows: Vec<ActiveModel>) -> Result<(), DbErr> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch: Vec<_> = rows
            .by_ref()
            .take(crate::domain::limits::BATCH_ROWS)
            .collect();
        let changed = Column::iter()
            .filter(|c| !matches!(c, Column::Id | Column::Network | Column::AccessId));
        let replace = OnConflict::columns([Column::Network, Column::AccessId])
            .update_columns(changed)
            .to_owned();
        Entity::insert_many(batch)
            .on_conflict(replace)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// How many accesses of the network have not ended.
pub async fn count_active<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<u64, DbErr> {
    active(network).count(connection).await
}

/// Ids of accesses that have not ended, in order, after `after`.
pub async fn active_ids<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    after: &str,
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    active(network)
        .filter(Column::AccessId.gt(after))
        .order_by_asc(Column::AccessId)
        .limit(limit)
        .select_only()
        .column(Column::AccessId)
        .into_tuple()
        .all(connection)
        .await
}

/// Accesses that have not ended, in the order of their ids, after `after`.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    after: &str,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    active(network)
        .filter(Column::AccessId.gt(after))
        .order_by_asc(Column::AccessId)
        .limit(limit)
        .all(connection)
        .await
}

/// Ends accesses.
pub async fn end<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    ids: &[String],
    now: DateTimeUtc,
) -> Result<(), DbErr> {
    for ids in parameters(ids) {
        Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now))
            .col_expr(Column::ChangedAt, Expr::value(now))
            .filter(these(network, ids))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Accesses by their ids, those that have not ended.
pub async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    ids: &[String],
) -> Result<Vec<Model>, DbErr> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in parameters(ids) {
        found.extend(
            active(network)
                .filter(these(network, ids))
                .all(connection)
                .await?,
        );
    }
    Ok(found)
}

/// One access, unless it has ended.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
) -> Result<Option<Model>, DbErr> {
    active(network)
        .filter(Column::AccessId.eq(id.as_str()))
        .one(connection)
        .await
}

fn scoped(network: &NetworkCode) -> Select<Entity> {
    Entity::find().filter(Column::Network.eq(network.as_str()))
}

fn active(network: &NetworkCode) -> Select<Entity> {
    scoped(network).filter(Column::EndedAt.is_null())
}

fn these(network: &NetworkCode, ids: &[String]) -> Condition {
    Condition::all()
        .add(Column::Network.eq(network.as_str()))
        .add(Column::AccessId.is_in(ids.iter().map(String::as_str)))
}
