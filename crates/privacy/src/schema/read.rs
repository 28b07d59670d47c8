//! Reading the tables and columns of a SQLite or PostgreSQL database.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// Tables and their columns, as the database tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema(BTreeMap<String, BTreeMap<String, ColumnShape>>);

/// One column of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnShape {
    pub nullable: bool,
    pub shape: Shape,
}

/// What kind of value a column holds, as far as erasing and exporting need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Uuid,
    Text,
    Bytes,
    Integer,
    Boolean,
    Time,
    Other,
}

const SQLITE: &str = "SELECT t.name AS table_name, c.name AS column_name, c.type AS type_name, \
     CASE WHEN c.\"notnull\" = 0 AND c.pk = 0 THEN 1 ELSE 0 END AS nullable \
     FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const POSTGRES: &str = "SELECT c.table_name::text, c.column_name::text, c.data_type::text AS type_name, \
     CASE WHEN c.is_nullable = 'YES' THEN 1 ELSE 0 END AS nullable \
     FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name) \
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'";

impl Schema {
    pub(crate) async fn read<C: ConnectionTrait>(connection: &C) -> Result<Self, DbErr> {
        let backend = connection.get_database_backend();
        let text = if backend == DbBackend::Sqlite {
            SQLITE
        } else {
            POSTGRES
        };
        let mut schema = Self::default();
        for row in connection
            .query_all_raw(Statement::from_string(backend, text))
            .await?
        {
            let table: String = row.try_get("", "table_name")?;
            let column: String = row.try_get("", "column_name")?;
            let kind: String = row.try_get("", "type_name")?;
            let nullable: i32 = row.try_get("", "nullable")?;
            let shape = ColumnShape {
                nullable: nullable == 1,
                shape: Shape::of(&kind),
            };
            schema.0.entry(table).or_default().insert(column, shape);
        }
        Ok(schema)
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, ColumnShape>)> {
        self.0
            .iter()
            .map(|(name, columns)| (name.as_str(), columns))
    }

    pub(crate) fn column(&self, table: &str, column: &str) -> Option<ColumnShape> {
        self.0.get(table)?.get(column).copied()
    }

    pub(crate) fn has_table(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }
}

impl Shape {
    /// SQLite keeps the declared name ("timestamp_with_timezone_text"), PostgreSQL says its own ("character varying").
    fn of(declared: &str) -> Self {
        let name = declared.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
        match () {
            () if has(&["uuid"]) => Self::Uuid,
            () if has(&["timestamp", "date", "time"]) => Self::Time,
            () if has(&["blob", "bytea", "binary"]) => Self::Bytes,
            () if has(&["bool"]) => Self::Boolean,
            () if has(&["int"]) => Self::Integer,
            () if has(&["char", "text"]) => Self::Text,
            () => Self::Other,
        }
    }
}
