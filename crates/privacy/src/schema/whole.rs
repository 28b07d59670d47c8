//! Whether a database is all there. `pg_restore` and `psql` without a single transaction fill a database table by table; a
//! ledger replayed in between would be followed by the rows of the persons whom it names.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::read::Schema;
use crate::{DataMap, OWN_TABLES};

/// Tables without a primary key, which a restore makes when every row of every table is there. SQLite makes it with the table.
const KEYLESS: &str = "SELECT c.relname::text AS name FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
    ORDER BY c.relname LIMIT 1";

/// What is missing of the database of a holder, if anything: a table, or the primary key of one.
pub(crate) async fn missing<C: ConnectionTrait>(
    connection: &C,
    map: &DataMap,
) -> Result<Option<String>, DbErr> {
    let schema = Schema::read(connection).await?;
    let absent = map
        .tables
        .iter()
        .chain(OWN_TABLES)
        .find(|table| !schema.has_table(table.name));
    match absent {
        Some(table) => Ok(Some(format!("the table {}", table.name))),
        None => keyless(connection).await,
    }
}

/// The first table that has no primary key.
pub(crate) async fn keyless<C: ConnectionTrait>(connection: &C) -> Result<Option<String>, DbErr> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(None);
    }
    let row = connection
        .query_one_raw(Statement::from_string(backend, KEYLESS))
        .await?;
    row.map(|row| {
        let name: String = row.try_get("", "name")?;
        Ok(format!("the primary key of {name}"))
    })
    .transpose()
}
