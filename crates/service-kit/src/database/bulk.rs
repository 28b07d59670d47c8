//! Many rows, and look-ups of many values, in one statement.
//!
//! PostgreSQL takes each column as one array, written as text: a statement with thousands of parameters costs it more to
//! read than its rows cost to store. SQLite takes the values one by one.

mod array;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait,
    IdenStatic as _, Iterable as _, Statement, Value,
};

use array::Array;

/// Parameters of one statement that SQLite takes.
const SQLITE_PARAMETERS_MAX: usize = 32_766;
/// Rows of one statement for PostgreSQL: some megabytes.
const ROWS_MAX: usize = 20_000;

type ColumnOf<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// Inserts rows, each with a value for every column.
///
/// # Errors
/// The database refuses them, or a column has no value.
pub async fn insert_rows<A: ActiveModelTrait, C: ConnectionTrait>(
    tx: &C,
    rows: Vec<A>,
) -> Result<(), DbErr> {
    for statement in insertions(tx.get_database_backend(), rows, "")? {
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// The statements that insert rows, in the order of the rows. `tail` ends each: `ON CONFLICT`, `RETURNING`.
///
/// # Errors
/// A column has no value, or one of a type that no array is written of.
pub fn insertions<A: ActiveModelTrait>(
    backend: DbBackend,
    rows: Vec<A>,
    tail: &str,
) -> Result<Vec<Statement>, DbErr> {
    let columns: Vec<ColumnOf<A>> = ColumnOf::<A>::iter().collect();
    let names: Vec<_> = columns
        .iter()
        .map(|c| format!("\"{}\"", c.as_str()))
        .collect();
    let table = A::Entity::default();
    let head = format!(
        "INSERT INTO \"{}\" ({})",
        table.table_name(),
        names.join(", ")
    );
    let at_once = match backend {
        DbBackend::Postgres => ROWS_MAX,
        _ => SQLITE_PARAMETERS_MAX / columns.len(),
    };
    let mut rows = rows.into_iter().peekable();
    let mut statements = Vec::new();
    while rows.peek().is_some() {
        let mut values = Vec::new();
        for row in rows.by_ref().take(at_once) {
            values.push(in_order(&columns, row)?);
        }
        let (source, values) = match backend {
            DbBackend::Postgres => arrays(&values)?,
            _ => rows_of_places(values),
        };
        let sql = format!("{head} {source} {tail}");
        statements.push(Statement::from_sql_and_values(backend, sql, values));
    }
    Ok(statements)
}

/// Which of these values a column of an index has, in rows that have the given ones in the index's columns before it.
///
/// On PostgreSQL each value is looked up by itself: with one condition on all of them, a table that this transaction has
/// filled is read whole, because PostgreSQL has no figures of it.
///
/// # Errors
/// The database cannot be reached, or the column is not one of bytes.
pub async fn present<C: ConnectionTrait>(
    connection: &C,
    table: &str,
    beside: &[(&str, Value)],
    column: &str,
    values: Vec<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, DbErr> {
    let backend = connection.get_database_backend();
    let fixed: Vec<_> = beside
        .iter()
        .zip(1..)
        .map(|((name, _), place)| format!("t.{name} = ${place}"))
        .collect();
    let fixed = fixed.join(" AND ");
    let given = beside.iter().map(|(_, value)| value.clone());
    let mut found = Vec::new();
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        let some = values.by_ref().take(ROWS_MAX).map(Value::from);
        let (sql, looked_up) = match backend {
            DbBackend::Postgres => (
                one_by_one(table, &fixed, column, beside.len() + 1),
                vec![array(some)?],
            ),
            _ => one_of(table, &fixed, column, some.collect()),
        };
        let values = given.clone().chain(looked_up);
        let statement = Statement::from_sql_and_values(backend, sql, values);
        for row in connection.query_all_raw(statement).await? {
            found.push(row.try_get_by_index(0)?);
        }
    }
    Ok(found)
}

fn one_by_one(table: &str, fixed: &str, column: &str, place: usize) -> String {
    format!(
        "SELECT v.value FROM UNNEST(${place}::text::bytea[]) AS v (value) \
         WHERE (SELECT 1 FROM {table} t WHERE {fixed} AND t.{column} = v.value LIMIT 1) IS NOT NULL"
    )
}

fn one_of(table: &str, fixed: &str, column: &str, values: Vec<Value>) -> (String, Vec<Value>) {
    let places = vec!["?"; values.len()].join(", ");
    let sql = format!(
        "SELECT DISTINCT t.{column} FROM {table} t WHERE {fixed} AND t.{column} IN ({places})"
    );
    (sql, values)
}

fn array(values: impl Iterator<Item = Value>) -> Result<Value, DbErr> {
    let mut array = Array::default();
    for value in values {
        array.push(&value)?;
    }
    Ok(array.into_text().into())
}

fn in_order<A: ActiveModelTrait>(columns: &[ColumnOf<A>], mut row: A) -> Result<Vec<Value>, DbErr> {
    let value = |column: &ColumnOf<A>| {
        let unset = || DbErr::Type(format!("{} has no value", column.as_str()));
        row.take(*column).into_value().ok_or_else(unset)
    };
    columns.iter().map(value).collect()
}

/// Where the rows come from in a statement for PostgreSQL.
fn arrays(rows: &[Vec<Value>]) -> Result<(String, Vec<Value>), DbErr> {
    let width = rows.first().map_or(0, Vec::len);
    let mut arrays: Vec<Array> = (0..width).map(|_| Array::default()).collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(value)?;
        }
    }
    let places: Vec<_> = arrays
        .iter()
        .zip(1..)
        .map(|(array, place)| format!("${place}::text::{}[]", array.element()))
        .collect();
    let values = arrays.into_iter().map(|array| array.into_text().into());
    let source = format!("SELECT * FROM UNNEST({})", places.join(", "));
    Ok((source, values.collect()))
}

/// The same for SQLite.
fn rows_of_places(rows: Vec<Vec<Value>>) -> (String, Vec<Value>) {
    let width = rows.first().map_or(0, Vec::len);
    let source = format!("VALUES {}", places(rows.len(), width));
    (source, rows.into_iter().flatten().collect())
}

/// `(?, ?), (?, ?)`: the places of so many rows of so many values in a statement for SQLite. Numbered ones have names,
/// which SQLite looks up one after the other: a statement with thousands of them takes a second.
pub fn places(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_value_of_every_row_has_a_place() {
        assert_eq!(super::places(2, 2), "(?, ?), (?, ?)");
    }
}
