//! What the search index knows of each access, and nothing more: a large network is read in seconds.

use kernel::{AccessState, NetworkCode};
use sea_orm::entity::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::query;
use crate::domain::search::IndexedAccess;
use crate::domain::services::{Line, NetworkServices};

const COLUMNS: &str = "access_id, street_name, street_number, street_littera, postal_code, city, country_code, \
     apartment_number, state, CASE WHEN source IN ('pi-api', 'on-api') THEN services END AS services, content_hash, \
     distinguisher, capacity_kbps";

/// Where [`changed_after`] says when an access has ended: behind [`COLUMNS`].
const ENDED_AT: usize = 13;

/// The columns of one access, as they are read.
#[derive(Clone, Debug)]
pub struct SearchRow {
    pub access_id: String,
    pub street_name: String,
    pub street_number: String,
    pub street_littera: String,
    pub postal_code: String,
    pub city: String,
    pub country_code: String,
    pub apartment_number: String,
    pub distinguisher: String,
    pub state: AccessState,
    /// Those of which the file says that they can be had there ([`crate::domain::access::lists_available`]); what is active
    /// there does not come into the index. After [`Self::within_capacity`] what of the network's the port can carry.
    pub services: Option<String>,
    /// What the port can do at most.
    pub capacity_kbps: Option<u32>,
    pub version: u64,
}

impl SearchRow {
    /// Takes a row of one of the queries below apart.
    pub fn of(row: &QueryResult) -> Result<Self, DbErr> {
        let state: String = row.try_get_by_index(8)?;
        let capacity: Option<i64> = row.try_get_by_index(12)?;
        Ok(Self {
            state: AccessState::parse(&state).map_err(|e| DbErr::Type(e.to_string()))?,
            services: row.try_get_by_index(9)?,
            version: version(&row.try_get_by_index::<Vec<u8>>(10)?),
            distinguisher: row.try_get_by_index(11)?,
            capacity_kbps: capacity.and_then(|kbps| u32::try_from(kbps).ok()),
            ..Self::place(row)?
        })
    }

    /// Where the access is, or was, and nothing else.
    fn place(row: &QueryResult) -> Result<Self, DbErr> {
        let text = |at: usize| row.try_get_by_index::<String>(at);
        Ok(Self {
            access_id: text(0)?,
            street_name: text(1)?,
            street_number: text(2)?,
            street_littera: text(3)?,
            postal_code: text(4)?,
            city: text(5)?,
            country_code: text(6)?,
            apartment_number: text(7)?,
            distinguisher: String::new(),
            state: AccessState::Planned,
            services: None,
            capacity_kbps: None,
            version: 0,
        })
    }

    /// Leaves out the services that the port is too slow for, so that the index needs no capacity beside them.
    pub fn within_capacity(mut self, services: NetworkServices<'_>) -> Result<Self, DbErr> {
        if self.capacity_kbps.is_none() {
            return Ok(self);
        }
        let available: Option<Vec<String>> = self
            .services
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|e| DbErr::Json(e.to_string()))?;
        let line = Line {
            available: available.as_deref(),
            capacity_kbps: self.capacity_kbps,
        };
        if !services.beyond(line).is_empty() {
            let carried = serde_json::Value::from(services.of_line(line));
            self.services = Some(carried.to_string());
        }
        Ok(self)
    }

    /// For the index.
    pub fn indexed(&self) -> IndexedAccess<'_> {
        IndexedAccess {
            access_id: &self.access_id,
            street_name: &self.street_name,
            street_number: &self.street_number,
            street_littera: &self.street_littera,
            postal_code: &self.postal_code,
            city: &self.city,
            country_code: &self.country_code,
            apartment_number: &self.apartment_number,
            distinguisher: &self.distinguisher,
            state: self.state,
            services: self.services.as_deref(),
            version: self.version,
        }
    }
}

/// What changes with the content: the beginning of its digest.
fn version(content_hash: &[u8]) -> u64 {
    let beginning = content_hash.first_chunk::<8>();
    u64::from_be_bytes(beginning.copied().unwrap_or_default())
}

/// Accesses that have not ended, in the order of their ids, after `after`.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    after: &str,
    limit: u64,
) -> Result<Vec<QueryResult>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM access WHERE network = $1 AND access_id > $2 AND ended_at IS NULL ORDER BY access_id LIMIT $3"
    );
    query(
        connection,
        &sql,
        [network.as_str().into(), after.into(), count(limit)],
    )
    .await
}

/// Accesses that have changed or ended after that turn, ended ones with a time in the last column; at most so many.
pub async fn changed_after<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    revision: i64,
    limit: u64,
) -> Result<Vec<QueryResult>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS}, ended_at FROM access WHERE network = $1 AND revision > $2 ORDER BY revision LIMIT $3"
    );
    query(
        connection,
        &sql,
        [network.as_str().into(), revision.into(), count(limit)],
    )
    .await
}

/// Whether a row of [`changed_after`] has ended.
pub fn has_ended(row: &QueryResult) -> Result<bool, DbErr> {
    let ended: Option<DateTimeUtc> = row.try_get_by_index(ENDED_AT)?;
    Ok(ended.is_some())
}

/// Ids and versions of the accesses that have not ended, in the order of their ids, after `after`.
pub async fn versions<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    after: &str,
    limit: u64,
) -> Result<Vec<(String, u64)>, DbErr> {
    let sql = "SELECT access_id, content_hash FROM access WHERE network = $1 AND access_id > $2 AND ended_at IS NULL \
         ORDER BY access_id LIMIT $3";
    let values = [network.as_str().into(), after.into(), count(limit)];
    let rows = query(connection, sql, values).await?;
    let of = |row: &QueryResult| {
        let hash: Vec<u8> = row.try_get_by_index(1)?;
        Ok((row.try_get_by_index(0)?, version(&hash)))
    };
    rows.iter().map(of).collect()
}

/// Addresses of the past with this postal code and street number, of accesses that have ended (true) or had them before
/// they got another one, the latter each once; at most so many.
pub async fn former<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    (postal_code, street_number): (&str, &str),
    limit: u64,
) -> Result<Vec<(SearchRow, bool)>, DbErr> {
    const PLACE: &str = "access_id, street_name, street_number, street_littera, postal_code, city, country_code, apartment_number";
    let at = "network = $1 AND postal_code = $2 AND street_number = $3";
    let sql = format!(
        "SELECT {PLACE}, 1 AS has_ended FROM access WHERE {at} AND ended_at IS NOT NULL \
         UNION ALL SELECT DISTINCT {PLACE}, 0 AS has_ended FROM access_history WHERE {at} LIMIT $4"
    );
    let values = [
        network.as_str().into(),
        postal_code.into(),
        street_number.into(),
        count(limit),
    ];
    let rows = query(connection, &sql, values).await?;
    let of = |row: &QueryResult| {
        let has_ended: i32 = row.try_get_by_index(8)?;
        Ok((SearchRow::place(row)?, has_ended == 1))
    };
    rows.iter().map(of).collect()
}

fn count(limit: u64) -> Value {
    i64::try_from(limit).unwrap_or(i64::MAX).into()
}
