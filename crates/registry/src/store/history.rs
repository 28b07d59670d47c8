//! What accesses looked like before. No person is in it.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder};
use uuid::Uuid;

use super::{access, execute, facts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The import, edit or undo after which it was so no more.
    #[sea_orm(primary_key, auto_increment = false)]
    pub replaced_by: Uuid,
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
    pub cpe: String,
    pub connected_on: String,
    pub technical: String,
    pub source: String,
    pub edit_reason: String,
    pub services: Option<String>,
    pub price_group: Option<i64>,
    pub capacity_kbps: Option<i64>,
    pub content_hash: Vec<u8>,
    pub changed_by: Option<Uuid>,
    pub valid_from: DateTimeUtc,
    pub valid_to: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What an access was, as long as it was so.
#[derive(Clone, Debug)]
pub struct Version {
    pub access: access::Model,
    pub valid_from: DateTimeUtc,
    pub valid_to: Option<DateTimeUtc>,
}

impl From<Model> for Version {
    fn from(row: Model) -> Self {
        let (valid_from, valid_to) = (row.valid_from, row.valid_to);
        let access = access::Model {
            id: row.id,
            network: row.network,
            access_id: row.access_id,
            street_name: row.street_name,
            street_number: row.street_number,
            street_littera: row.street_littera,
            postal_code: row.postal_code,
            city: row.city,
            country_code: row.country_code,
            apartment_number: row.apartment_number,
            distinguisher: row.distinguisher,
            premises_type: row.premises_type,
            onapi_premises_type: row.onapi_premises_type,
            property_designation: row.property_designation,
            sweref_type: row.sweref_type,
            sweref_north: row.sweref_north,
            sweref_east: row.sweref_east,
            latitude: row.latitude,
            longitude: row.longitude,
            state: row.state,
            legacy_access_id: row.legacy_access_id,
            outlet: row.outlet,
            population: row.population,
            national_address_uuid: row.national_address_uuid,
            area: row.area,
            medium: row.medium,
            cpe: row.cpe,
            connected_on: row.connected_on,
            technical: row.technical,
            source: row.source,
            edit_reason: row.edit_reason,
            services: row.services,
            price_group: row.price_group,
            capacity_kbps: row.capacity_kbps,
            content_hash: row.content_hash,
            changed_at: valid_from,
            ended_at: row.ended_at,
            changed_by: row.changed_by,
        };
        Self {
            access,
            valid_from,
            valid_to: Some(valid_to),
        }
    }
}

/// What the access was at that time; nothing when it was not, or had ended.
pub async fn at<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
    time: DateTimeUtc,
) -> Result<Option<Version>, DbErr> {
    let now = access::find_any(connection, network, id).await?;
    if let Some(access) = now.filter(|access| access.changed_at <= time) {
        let valid_from = access.changed_at;
        let version = Version {
            access,
            valid_from,
            valid_to: None,
        };
        return Ok(Some(version).filter(|v| v.access.ended_at.is_none()));
    }
    let row = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::AccessId.eq(id.as_str()))
        .filter(Column::ValidFrom.lte(time))
        .filter(Column::ValidTo.gt(time))
        .order_by_desc(Column::ValidTo)
        .one(connection)
        .await?;
    Ok(row
        .map(Version::from)
        .filter(|v| v.access.ended_at.is_none()))
}

/// Keeps what an access is before it is edited.
pub async fn keep<C: ConnectionTrait>(
    tx: &C,
    access: Uuid,
    edit: Uuid,
    now: DateTimeUtc,
) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO access_history (id, replaced_by, network, access_id, {}, changed_by, valid_from, valid_to, ended_at) \
         SELECT a.id, $2, a.network, a.access_id, {}, a.changed_by, a.changed_at, $3, a.ended_at FROM access a WHERE a.id = $1",
        facts::list(""),
        facts::list("a.")
    );
    execute(tx, &sql, [access.into(), edit.into(), now.into()]).await?;
    Ok(())
}
