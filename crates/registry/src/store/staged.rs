//! The rows of an import that is not applied yet. On PostgreSQL they come in by one `COPY`, elsewhere by many rows a statement.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Value};
use service_kit::database::{Database, places};
use sqlx::PgPool;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgCopyIn, PgPoolCopyExt as _};
use uuid::Uuid;

use super::{execute, facts, query};

/// Name of the table in the data map.
pub const TABLE: &str = "staged_access";
/// The sealed JSON object of what the row says of the resident, with the columns that we do not know.
pub const PEOPLE: &str = "people";
/// The sealed JSON object of what the row says of the property's owner.
pub const OWNER: &str = "owner";

/// Rows per statement on SQLite, which takes 32,766 parameters.
const ROWS: usize = 500;
/// Bytes sent to PostgreSQL at once.
const COPY_BYTES: usize = 256 * 1024;

/// What a row says about people, as keyed digests; empty: nothing.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    pub resident: String,
    pub owner: String,
    pub columns: String,
}

/// What finds the people whom a row names: keyed tokens of name and access.
#[derive(Clone, Debug, Default)]
pub struct NameTokens {
    pub resident: Option<Vec<u8>>,
    pub owner: Option<Vec<u8>>,
}

/// One row that was accepted.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub line: u64,
    pub access_id: String,
    /// Values of [`facts::COLUMNS`].
    pub facts: Vec<Value>,
    pub marks: Marks,
    /// Its resident was erased before and is not taken in.
    pub suppressed: bool,
    pub tokens: NameTokens,
    /// Sealed.
    pub people: Option<Vec<u8>>,
    /// Sealed.
    pub owner: Option<Vec<u8>>,
}

/// Which import the rows are of.
#[derive(Clone, Debug)]
pub struct Of {
    pub import: Uuid,
    pub network: String,
    pub subject: Uuid,
}

impl Row {
    fn values(self, of: &Of) -> Vec<Value> {
        let mut values = self.facts;
        values.extend([
            self.id.into(),
            of.import.into(),
            of.network.clone().into(),
            of.subject.into(),
            i64::try_from(self.line).unwrap_or(i64::MAX).into(),
            self.access_id.into(),
            self.marks.resident.into(),
            self.marks.owner.into(),
            self.marks.columns.into(),
            self.suppressed.into(),
            self.tokens.resident.into(),
            self.tokens.owner.into(),
            self.people.into(),
            self.owner.into(),
        ]);
        values
    }
}

fn columns() -> String {
    facts::list("")
        + ", id, import_id, network, subject_id, line, access_id, resident_mark, owner_mark, columns_mark, suppressed, \
         resident_token, owner_token, people, owner"
}

/// Takes the rows of one import. Until [`Sink::finish`] none of them may be there.
pub enum Sink {
    /// One stream for all of them.
    Postgres {
        copy: PgCopyIn<PoolConnection<sqlx::Postgres>>,
        pool: PgPool,
        buffer: Vec<u8>,
    },
    /// Transactions of some thousand rows, so that others can write between them.
    Sqlite(Database),
}

impl Sink {
    /// Opens it.
    pub async fn open(database: &Database) -> Result<Self, DbErr> {
        if database.backend() != DbBackend::Postgres {
            return Ok(Self::Sqlite(database.clone()));
        }
        let pool = database.reader().get_postgres_connection_pool().clone();
        let sql = format!("COPY {TABLE} ({}) FROM STDIN", columns());
        let copy = pool.copy_in_raw(&sql).await.map_err(failed)?;
        Ok(Self::Postgres {
            copy,
            pool,
            buffer: Vec::with_capacity(2 * COPY_BYTES),
        })
    }

    /// Takes rows.
    pub async fn put(&mut self, of: &Of, rows: Vec<Row>) -> Result<(), DbErr> {
        match self {
            Self::Postgres { copy, buffer, .. } => {
                for row in rows {
                    write_line(buffer, &row.values(of))?;
                    if buffer.len() >= COPY_BYTES {
                        copy.send(buffer.as_slice()).await.map_err(failed)?;
                        buffer.clear();
                    }
                }
                Ok(())
            }
            Self::Sqlite(database) => {
                let tx = database.begin().await?;
                let mut rows = rows.into_iter().peekable();
                while rows.peek().is_some() {
                    let values: Vec<Vec<Value>> =
                        rows.by_ref().take(ROWS).map(|row| row.values(of)).collect();
                    let sql = format!(
                        "INSERT INTO {TABLE} ({}) VALUES {}",
                        columns(),
                        places(values.len(), values[0].len())
                    );
                    execute(&tx, &sql, values.into_iter().flatten()).await?;
                }
                tx.commit().await
            }
        }
    }

    /// All rows are there.
    pub async fn finish(self) -> Result<(), DbErr> {
        if let Self::Postgres {
            mut copy,
            pool,
            buffer,
        } = self
        {
            copy.send(buffer.as_slice()).await.map_err(failed)?;
            copy.finish().await.map_err(failed)?;
            // Without its own figures the planner takes a million rows for a few.
            sqlx::raw_sql("ANALYZE staged_access")
                .execute(&pool)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error.into()))
}

/// One line of `COPY`'s text format.
fn write_line(out: &mut Vec<u8>, values: &[Value]) -> Result<(), DbErr> {
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            out.push(b'\t');
        }
        match value {
            Value::String(Some(text)) => escape(out, text),
            Value::BigInt(Some(number)) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Uuid(Some(id)) => {
                let mut buffer = Uuid::encode_buffer();
                out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
            }
            Value::Bool(Some(yes)) => out.push(if *yes { b't' } else { b'f' }),
            Value::Bytes(Some(bytes)) => {
                out.extend_from_slice(b"\\\\x");
                let start = out.len();
                out.resize(start + 2 * bytes.len(), 0);
                hex::encode_to_slice(bytes, &mut out[start..])
                    .map_err(|e| DbErr::Type(e.to_string()))?;
            }
            Value::String(None) | Value::BigInt(None) | Value::Bytes(None) => {
                out.extend_from_slice(b"\\N");
            }
            _ => {
                return Err(DbErr::Type(
                    "a staged value has no place in a copy".to_owned(),
                ));
            }
        }
    }
    out.push(b'\n');
    Ok(())
}

fn escape(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.push(byte),
        }
    }
}

/// What an applying import reads of a row about people.
#[derive(Clone, Debug)]
pub struct Arriving {
    pub id: Uuid,
    pub access_id: String,
    pub mark: String,
    pub people: Vec<u8>,
}

/// The column that speaks of people in a role: owners have one of their own, called as they are.
pub fn said_in(role: &str) -> &'static str {
    if role == OWNER { OWNER } else { PEOPLE }
}

/// A page of rows that say something about people in a role, and those of them that are not stored.
#[derive(Debug)]
pub struct Page {
    /// The page's last row; none: there is nothing after it.
    pub last: Option<Uuid>,
    /// In the order of their ids.
    pub arriving: Vec<Arriving>,
}

/// The next page after `after`. What was stored and differs must be superseded before. The transaction should plan by
/// index ([`service_kit::database::plan_by_index`]).
pub async fn arriving<C: ConnectionTrait>(
    tx: &C,
    of: &Of,
    role: &str,
    after: Uuid,
    limit: u64,
) -> Result<Page, DbErr> {
    let said_in = said_in(role);
    let last = last_of_page(tx, of, role, after, limit).await?;
    // A look of its own for each row: in a join PostgreSQL, without figures, leaves the access out of what it looks up.
    let sql = format!(
        "SELECT s.id, s.access_id, s.{role}_mark AS mark, s.{said_in} AS said FROM {TABLE} s \
         WHERE s.import_id = $1 AND s.id > $4 AND s.id <= $5 AND s.{role}_mark <> '' AND s.{said_in} IS NOT NULL \
         AND (SELECT r.id FROM resident r WHERE r.network = $2 AND r.access_id = s.access_id AND r.role = $3 \
         AND r.superseded_by IS NULL LIMIT 1) IS NULL ORDER BY s.id"
    );
    let values = [
        of.import.into(),
        of.network.clone().into(),
        role.into(),
        after.into(),
        last.unwrap_or(Uuid::max()).into(),
    ];
    let rows = query(tx, &sql, values).await?;
    let arriving: Result<_, DbErr> = rows
        .iter()
        .map(|row| {
            Ok(Arriving {
                id: row.try_get("", "id")?,
                access_id: row.try_get("", "access_id")?,
                mark: row.try_get("", "mark")?,
                people: row.try_get("", "said")?,
            })
        })
        .collect();
    Ok(Page {
        last,
        arriving: arriving?,
    })
}

/// Where the page ends, unless nothing comes after it.
async fn last_of_page<C: ConnectionTrait>(
    tx: &C,
    of: &Of,
    role: &str,
    after: Uuid,
    limit: u64,
) -> Result<Option<Uuid>, DbErr> {
    let said_in = said_in(role);
    let sql = format!(
        "SELECT id FROM {TABLE} WHERE import_id = $1 AND id > $2 AND {role}_mark <> '' AND {said_in} IS NOT NULL \
         ORDER BY id LIMIT 1 OFFSET {}",
        limit.saturating_sub(1)
    );
    let rows = query(tx, &sql, [of.import.into(), after.into()]).await?;
    rows.first().map(|row| row.try_get("", "id")).transpose()
}

/// How many rows of an import are there.
pub async fn count<C: ConnectionTrait>(connection: &C, import: Uuid) -> Result<u64, DbErr> {
    let sql = format!("SELECT COUNT(*) AS n FROM {TABLE} WHERE import_id = $1");
    let rows = query(connection, &sql, [import.into()]).await?;
    let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Takes the rows of an import away.
pub async fn delete<C: ConnectionTrait>(connection: &C, import: Uuid) -> Result<u64, DbErr> {
    let sql = format!("DELETE FROM {TABLE} WHERE import_id = $1");
    execute(connection, &sql, [import.into()]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_copy_escapes_what_would_end_it() {
        let mut out = Vec::new();
        let values = [
            Value::from("a\tb\\c\nd\r"),
            Value::from(Option::<String>::None),
            Value::from(vec![0xAB_u8, 1]),
            Value::from(true),
            Value::from(-7_i64),
        ];
        write_line(&mut out, &values).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\\tb\\\\c\\nd\\r\t\\N\t\\\\xab01\tt\t-7\n"
        );
        assert!(write_line(&mut Vec::new(), &[Value::from(1.5_f64)]).is_err());
    }
}
