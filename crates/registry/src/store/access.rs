//! The accesses.

use std::collections::{BTreeMap, HashMap};

use kernel::{
    AccessId, AccessState, Address, AddressParts, NetworkCode, OnApiPremisesType, PremisesType,
    Violation,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, LikeExpr};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::history::Change;
use super::network_revision::Turn;
use super::{execute, facts, query};
use crate::domain::access::{AccessFacts, Coordinates, Premises, lists_available};
use crate::domain::services::Line;
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
    pub latitude: String,
    pub longitude: String,
    pub state: String,
    pub legacy_access_id: String,
    pub outlet: String,
    pub population: String,
    pub national_address_uuid: String,
    pub area: String,
    pub medium: String,
    /// YES, NO or empty.
    pub cpe: String,
    /// `2008-02-12` or empty.
    pub connected_on: String,
    /// A JSON object or empty.
    pub technical: String,
    /// The format of the file that it stems from; it stays when staff edit the access. `staff` in older rows.
    pub source: String,
    /// Why staff changed it; empty when a file did.
    pub edit_reason: String,
    /// A JSON array; null when the file lists no services. `source` tells what it means.
    pub services: Option<String>,
    pub price_group: Option<i64>,
    pub capacity_kbps: Option<i64>,
    pub content_hash: Vec<u8>,
    pub changed_at: DateTimeUtc,
    /// Set when a complete import did not name it any more.
    pub ended_at: Option<DateTimeUtc>,
    /// The import or edit that made it what it is.
    pub changed_by: Option<Uuid>,
    /// The network's revision that changed it, or what providers may know of it, last.
    pub revision: i64,
    /// When that was.
    pub revised_at: DateTimeUtc,
    /// When it came, or came back after it had ended.
    pub appeared_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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

    /// The services of which the file says that they can be had there, if it says so.
    pub fn available_services(&self) -> Result<Option<Vec<String>>, DbErr> {
        let listed = self.listed_services()?;
        Ok(listed.filter(|_| lists_available(&self.source)))
    }

    /// What is known of the line; the services are those of [`Self::available_services`].
    pub fn line<'a>(&self, available: Option<&'a [String]>) -> Line<'a> {
        Line {
            available,
            capacity_kbps: number(self.capacity_kbps),
        }
    }

    /// The services of which the file says that they are active there: the household's own facts, never for the public.
    pub fn active_services(&self) -> Result<Vec<String>, DbErr> {
        let listed = self.listed_services()?;
        let active = listed.filter(|_| !lists_available(&self.source));
        Ok(active.unwrap_or_default())
    }

    /// Changes whenever what is known of the access does.
    pub fn version(&self) -> String {
        hex::encode(&self.content_hash[..self.content_hash.len().min(16)])
    }

    /// The facts, as they were accepted.
    pub fn facts(&self) -> Result<AccessFacts, DbErr> {
        let wrong = |what: &str| DbErr::Type(format!("a stored {what} is not valid"));
        Ok(AccessFacts {
            access_id: AccessId::parse(&self.access_id).map_err(|_| wrong("access id"))?,
            legacy_access_id: self.legacy_access_id.clone(),
            address: self.address().map_err(|_| wrong("address"))?,
            premises: Premises {
                market_database: PremisesType::parse(&self.premises_type)
                    .map_err(|_| wrong("premises type"))?,
                on_api: OnApiPremisesType::parse(&self.onapi_premises_type)
                    .map_err(|_| wrong("premises type"))?,
            },
            distinguisher: self.distinguisher.clone(),
            property_designation: self.property_designation.clone(),
            coordinates: self.coordinates(),
            state: self.access_state()?,
            services: self.listed_services()?,
            outlet: self.outlet.clone(),
            population: self.population.clone(),
            price_group: number(self.price_group),
            national_address_uuid: self.national_address_uuid.clone(),
            area: self.area.clone(),
            medium: self.medium.clone(),
            capacity_kbps: number(self.capacity_kbps),
            cpe: self.equipped(),
            connected_on: self.connected_on.parse().ok(),
            technical: self.technical()?,
        })
    }

    /// Where it is on the map, as it was given or worked out.
    pub fn coordinates(&self) -> Coordinates {
        Coordinates {
            system: self.sweref_type.clone(),
            north: self.sweref_north.clone(),
            east: self.sweref_east.clone(),
            latitude: self.latitude.clone(),
            longitude: self.longitude.clone(),
        }
    }

    /// Whether the network's equipment stands in the home, where that is known.
    pub fn equipped(&self) -> Option<bool> {
        match self.cpe.as_str() {
            "YES" => Some(true),
            "NO" => Some(false),
            _ => None,
        }
    }

    /// The technical columns by name.
    pub fn technical(&self) -> Result<BTreeMap<String, String>, DbErr> {
        if self.technical.is_empty() {
            return Ok(BTreeMap::new());
        }
        serde_json::from_str(&self.technical).map_err(|e| DbErr::Json(e.to_string()))
    }
}

fn number(number: Option<i64>) -> Option<u32> {
    number.and_then(|n| u32::try_from(n).ok())
}

/// Makes an access what these facts say, for an edit of staff.
pub async fn edit<C: ConnectionTrait>(
    tx: &C,
    before: &Model,
    facts: &AccessFacts,
    change: Change<'_>,
    reason: &str,
) -> Result<(), DbErr> {
    // What the file's services mean stays: they are no part of an edit.
    let mut values = facts::values(facts, &before.source, reason);
    let columns: Vec<_> = facts::COLUMNS
        .iter()
        .enumerate()
        .map(|(position, column)| format!("{column} = ${}", position + 1))
        .collect();
    let next = values.len() + 1;
    let sql = format!(
        "UPDATE access SET {}, changed_by = ${next}, changed_at = ${at}, revised_at = ${at}, revision = {} WHERE id = ${}",
        columns.join(", "),
        change.turn.revision,
        next + 2,
        at = next + 1
    );
    values.extend([change.by.into(), change.turn.at.into(), before.id.into()]);
    execute(tx, &sql, values).await?;
    Ok(())
}

/// What providers may know of an access has changed, though not the access itself.
pub async fn revise<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    id: &AccessId,
    turn: Turn,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::value(turn.revision))
        .col_expr(Column::RevisedAt, Expr::value(turn.at))
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::AccessId.eq(id.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether an access of the network ended before then.
pub async fn any_ended<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    before: DateTimeUtc,
) -> Result<bool, DbErr> {
    let ended = scoped(network).filter(Column::EndedAt.lt(before));
    Ok(ended.limit(1).one(connection).await?.is_some())
}

/// Takes accesses away that ended before then, at most so many. Returns the highest of their revisions.
pub async fn purge<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    before: DateTimeUtc,
    limit: u64,
) -> Result<Option<i64>, DbErr> {
    let sql = format!(
        "DELETE FROM access WHERE id IN (SELECT id FROM access WHERE network = $1 AND ended_at < $2 LIMIT {limit}) \
         RETURNING revision"
    );
    let rows = query(tx, &sql, [network.as_str().into(), before.into()]).await?;
    let revisions = rows.iter().map(|row| row.try_get_by_index::<i64>(0));
    Ok(revisions.collect::<Result<Vec<_>, _>>()?.into_iter().max())
}

/// Those of these accesses that have not ended and whose content is another, by their ids.
pub async fn differing<'a, C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    wanted: impl Iterator<Item = (&'a AccessId, Vec<u8>)>,
) -> Result<HashMap<String, Model>, DbErr> {
    let wanted: HashMap<&str, Vec<u8>> = wanted.map(|(id, hash)| (id.as_str(), hash)).collect();
    let stored: Vec<(String, Vec<u8>)> = active(network)
        .select_only()
        .columns([Column::AccessId, Column::ContentHash])
        .filter(Column::AccessId.is_in(wanted.keys().copied()))
        .into_tuple()
        .all(connection)
        .await?;
    let differ = stored
        .into_iter()
        .filter(|(id, hash)| wanted.get(id.as_str()) != Some(hash))
        .map(|(id, _)| id);
    let rows = active(network)
        .filter(Column::AccessId.is_in(differ))
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.access_id.clone(), row))
        .collect())
}

/// Whether any access of the network has not ended.
pub async fn is_any_active<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<bool, DbErr> {
    let one = active(network)
        .select_only()
        .column(Column::Id)
        .into_tuple::<Uuid>();
    Ok(one.one(connection).await?.is_some())
}

/// How many accesses of the network have not ended.
pub async fn count_active<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<u64, DbErr> {
    active(network).count(connection).await
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

/// Accesses by their ids, those that have not ended.
pub async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    ids: &[String],
) -> Result<Vec<Model>, DbErr> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in parameters(ids) {
        let these = Condition::all()
            .add(Column::Network.eq(network.as_str()))
            .add(Column::AccessId.is_in(ids.iter().map(String::as_str)));
        found.extend(active(network).filter(these).all(connection).await?);
    }
    Ok(found)
}

/// What an access is also known by.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// Its id, for whoever types it in other letters.
    Id,
    /// Its id at the operator before.
    LegacyId,
    /// The property's designation.
    Property,
    /// The label of the outlet.
    Outlet,
}

impl Key {
    fn column(self) -> &'static str {
        match self {
            Self::Id => "access_id",
            Self::LegacyId => "legacy_access_id",
            Self::Property => "property_designation",
            Self::Outlet => "outlet",
        }
    }
}

/// The ids of accesses whose key is one of these texts, in the order of the ids; at most so many.
pub async fn ids_by_key<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    key: Key,
    spellings: &[String],
    limit: usize,
) -> Result<Vec<String>, DbErr> {
    let column = key.column();
    // As the index says it.
    let filled = Expr::cust(format!("{column} <> ''"));
    let is_one = Expr::col(column).is_in(spellings.iter().map(String::as_str));
    ids(
        connection,
        active(network).filter(filled).filter(is_one),
        limit,
    )
    .await
}

/// The ids of accesses in whose property's designation one of these texts stands; all of them are looked at.
pub async fn ids_by_part_of_property<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    spellings: &[String],
    limit: usize,
) -> Result<Vec<String>, DbErr> {
    let stands = spellings.iter().fold(Condition::any(), |any, text| {
        let literal = text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let like = LikeExpr::new(format!("%{literal}%")).escape('\\');
        any.add(Expr::col("property_designation").like(like))
    });
    ids(connection, active(network).filter(stands), limit).await
}

async fn ids<C: ConnectionTrait>(
    connection: &C,
    select: Select<Entity>,
    limit: usize,
) -> Result<Vec<String>, DbErr> {
    select
        .select_only()
        .column(Column::AccessId)
        .order_by_asc(Column::AccessId)
        .limit(limit as u64)
        .into_tuple()
        .all(connection)
        .await
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

/// One access, also when it has ended.
pub async fn find_any<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
) -> Result<Option<Model>, DbErr> {
    scoped(network)
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
