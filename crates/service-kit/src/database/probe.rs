//! A look at a database by one connection that is not kept: what a pool would only call a timeout says here what it is.

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use super::{DatabaseConfig, DatabaseError, postgres};

/// What a PostgreSQL server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its major version: 15.
    pub version: i32,
    /// Its clock.
    pub now: DateTime<Utc>,
    /// Whether the connection is encrypted.
    pub encrypted: bool,
}

const LOOK: &str = "SELECT current_setting('server_version_num')::int / 10000 AS version,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted";

/// Connects once as the service would, asks and leaves. `None` for SQLite, which is no server.
///
/// # Errors
/// Out of reach, refused, or not trusted.
pub async fn probe(config: &DatabaseConfig) -> Result<Option<Probe>, DatabaseError> {
    let url = config.url.expose_secret();
    if url.starts_with("sqlite:") {
        return Ok(None);
    }
    let options = postgres::options(url)?;
    let mut connection = PgConnection::connect_with(&options)
        .await
        .map_err(DatabaseError::Unreachable)?;
    let row = sqlx::query(LOOK)
        .fetch_one(&mut connection)
        .await
        .map_err(DatabaseError::Unreachable)?;
    let read = || -> Result<Probe, sqlx::Error> {
        let milliseconds: i64 = row.try_get("now")?;
        Ok(Probe {
            version: row.try_get("version")?,
            now: DateTime::from_timestamp_millis(milliseconds).unwrap_or_default(),
            encrypted: row.try_get("encrypted")?,
        })
    };
    let probe = read().map_err(DatabaseError::Unreachable)?;
    connection
        .close()
        .await
        .map_err(DatabaseError::Unreachable)?;
    Ok(Some(probe))
}
