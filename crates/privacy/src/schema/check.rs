//! A table or a column that no declaration mentions fails the build of its service.

use std::collections::BTreeMap;

use service_kit::database::Database;

use super::read::{ColumnShape, Schema, Shape};
use crate::{Column, DataMap, Link, OWN_TABLES, RowErasure, Table};

/// One thing that the data map and the database do not agree about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undeclared {
    /// Which table.
    pub table: String,
    /// Which column; empty when it is about the table.
    pub column: String,
    /// What is wrong, as a sentence.
    pub rule: String,
}

/// Compares the data map with the migrated database. Privacy's own tables and those of messaging, which hold ids only,
/// need no declaration.
///
/// # Errors
/// Everything that differs, all at once.
pub async fn check_schema(database: &Database, map: &DataMap) -> Result<(), Vec<Undeclared>> {
    let schema = match Schema::read(&database.reader()).await {
        Ok(schema) => schema,
        Err(error) => {
            return Err(vec![undeclared(
                "",
                "",
                format!("the schema cannot be read: {error}"),
            )]);
        }
    };
    let mut found = Vec::new();
    match super::whole::keyless(&database.reader()).await {
        Ok(None) => {}
        Ok(Some(key)) => found.push(undeclared("", "", format!("{key} is missing"))),
        Err(error) => found.push(undeclared(
            "",
            "",
            format!("the primary keys cannot be read: {error}"),
        )),
    }
    for (name, columns) in schema.tables().filter(|(name, _)| !is_foreign(name)) {
        let declared = map
            .table(name)
            .or_else(|| OWN_TABLES.iter().find(|t| t.name == name));
        match declared {
            Some(table) => undeclared_columns(table, columns, &mut found),
            None => found.push(undeclared(name, "", "the table is not declared")),
        }
    }
    for category in map
        .categories
        .iter()
        .filter(|c| c.retention.period_days == 0)
    {
        found.push(undeclared(
            "",
            category.name,
            "the category has no period: nothing is kept for want of a rule",
        ));
    }
    for table in map.tables {
        check_table(table, map, &schema, &mut found);
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// Tables of messaging and of the migrations: no personal data by their own invariant.
fn is_foreign(table: &str) -> bool {
    table == "seaql_migrations" || messaging::TABLES.contains(&table)
}

fn undeclared_columns(
    table: &Table,
    columns: &BTreeMap<String, ColumnShape>,
    found: &mut Vec<Undeclared>,
) {
    let missing = columns.keys().filter(|c| table.column(c).is_none());
    found.extend(missing.map(|c| undeclared(table.name, c, "the column is not declared")));
}

fn check_table(table: &Table, map: &DataMap, schema: &Schema, found: &mut Vec<Undeclared>) {
    if !schema.has_table(table.name) {
        found.push(undeclared(
            table.name,
            "",
            "the declared table does not exist",
        ));
        return;
    }
    for column in table.columns {
        match schema.column(table.name, column.name) {
            Some(shape) => check_column(table, column, shape, map, found),
            None => found.push(undeclared(
                table.name,
                column.name,
                "the declared column does not exist",
            )),
        }
    }
    for needed in [table.id, table.network]
        .into_iter()
        .filter(|c| !c.is_empty() && table.column(c).is_none())
    {
        found.push(undeclared(
            table.name,
            needed,
            "id and network must be declared columns",
        ));
    }
    check_link(table, schema, found);
    super::names::check(table, schema, found);
}

fn check_link(table: &Table, schema: &Schema, found: &mut Vec<Undeclared>) {
    let personal = !table.categories().is_empty();
    let subject = schema.column(table.name, "subject_id").is_some();
    let rule = match table.link {
        Link::Subject | Link::Imported | Link::Tokens { .. } if !subject => {
            "a table of persons has a column subject_id"
        }
        Link::Subject | Link::Imported | Link::Tokens { .. } if !personal => {
            "a table of persons declares at least one personal column"
        }
        Link::None { .. } if personal => "personal columns need a link to the person",
        Link::None { .. } if subject => "a table with a subject_id belongs to persons",
        _ => return,
    };
    found.push(undeclared(table.name, "subject_id", rule));
}

fn check_column(
    table: &Table,
    column: &Column,
    shape: ColumnShape,
    map: &DataMap,
    found: &mut Vec<Undeclared>,
) {
    let Some(category) = column.category() else {
        return;
    };
    if map.category(category).is_none() {
        found.push(undeclared(
            table.name,
            column.name,
            format!("the category {category} is not declared"),
        ));
    }
    if column.is_sealed() && shape.shape != Shape::Bytes {
        found.push(undeclared(
            table.name,
            column.name,
            "a sealed column holds bytes",
        ));
    }
    let emptied = table.on_erase == RowErasure::Clear
        || table.categories().len() > 1
        || !table.names().is_empty();
    let can_be_empty = shape.nullable || matches!(shape.shape, Shape::Bytes | Shape::Text);
    if emptied && !can_be_empty {
        found.push(undeclared(
            table.name,
            column.name,
            "a column that erasing empties can be null",
        ));
    }
}

pub(super) fn undeclared(table: &str, column: &str, rule: impl Into<String>) -> Undeclared {
    Undeclared {
        table: table.to_owned(),
        column: column.to_owned(),
        rule: rule.into(),
    }
}

impl std::fmt::Display for Undeclared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}: {}", self.table, self.column, self.rule)
    }
}
