//! Whether a database is all there. `pg_restore` and `psql` without a single transaction fill a database table by table; a
//! ledger replayed in between would be followed by the rows of the persons whom it names.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{DataMap, OWN_TABLES};

/// The tables, and whether each has its primary key, which a restore makes when every row of every table is there. Asked
/// every second, so of the catalogue itself: the views of `information_schema` join it anew for every column.
const POSTGRES: &str = "SELECT c.relname::text AS name, CASE WHEN EXISTS
    (SELECT 1 FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary) THEN 1 ELSE 0 END AS keyed
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace";

/// SQLite makes the primary key with the table.
const SQLITE: &str = "SELECT name, 1 AS keyed FROM sqlite_master WHERE type = 'table'";

/// What is missing of the database of a holder, if anything: a table, or the primary key of one.
pub(crate) async fn missing<C: ConnectionTrait>(
    connection: &C,
    map: &DataMap,
) -> Result<Option<String>, DbErr> {
    let tables = Tables::read(connection).await?;
    let absent = map
        .tables
        .iter()
        .chain(OWN_TABLES)
        .find(|table| !tables.0.contains_key(table.name));
    Ok(match absent {
        Some(table) => Some(format!("the table {}", table.name)),
        None => tables.keyless(),
    })
}

/// The first table that has no primary key.
pub(crate) async fn keyless<C: ConnectionTrait>(connection: &C) -> Result<Option<String>, DbErr> {
    Ok(Tables::read(connection).await?.keyless())
}

/// Each table's name, and whether it has a primary key.
struct Tables(BTreeMap<String, bool>);

impl Tables {
    async fn read<C: ConnectionTrait>(connection: &C) -> Result<Self, DbErr> {
        let backend = connection.get_database_backend();
        let text = if backend == DbBackend::Sqlite {
            SQLITE
        } else {
            POSTGRES
        };
        let statement = Statement::from_string(backend, text);
        let rows = connection.query_all_raw(statement).await?;
        let table = |row: sea_orm::QueryResult| {
            let keyed: i32 = row.try_get("", "keyed")?;
            Ok((row.try_get("", "name")?, keyed == 1))
        };
        Ok(Self(
            rows.into_iter().map(table).collect::<Result<_, DbErr>>()?,
        ))
    }

    fn keyless(&self) -> Option<String> {
        let (name, _) = self.0.iter().find(|(_, keyed)| !**keyed)?;
        Some(format!("the primary key of {name}"))
    }
}
