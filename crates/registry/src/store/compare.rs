//! What an import that is staged would do, counted in the database.

use std::fmt::Write as _;

use kernel::NetworkCode;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use super::history::Change;
use super::network_revision::Turn;
use super::{facts, query};

/// An import, and about whom it speaks.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: Uuid,
    pub network: NetworkCode,
    /// A row without a resident says that there is none.
    pub says_of_residents: bool,
    /// The same for owners.
    pub says_of_owners: bool,
}

/// Rows by what they would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub suppressed: u64,
    /// Accesses that no row names, not even a rejected one.
    pub missing: u64,
}

/// One access in a preview.
#[derive(Clone, Debug)]
pub struct Sample {
    pub access_id: String,
    /// Of the address: street, number, littera, postal code, city.
    pub address: [String; 5],
    /// Column, before, after.
    pub changes: Vec<(&'static str, String, String)>,
}

impl Import {
    /// The import as a change of accesses.
    pub(super) fn change(&self, turn: Turn) -> Change<'_> {
        Change {
            by: self.id,
            network: self.network.as_str(),
            turn,
        }
    }

    /// Joins to the stored rows about people, and when they differ from what the staged row says.
    fn people(&self) -> (String, String) {
        let mut joins = String::new();
        let mut differs = Vec::new();
        let mut join = |role: &str, alias: &str| {
            let _ = write!(
                joins,
                " LEFT JOIN resident {alias} ON {alias}.network = $2 AND {alias}.access_id = s.access_id \
                 AND {alias}.role = '{role}' AND {alias}.superseded_by IS NULL"
            );
            format!("COALESCE({alias}.mark, '') <> s.{role}_mark")
        };
        if self.says_of_residents {
            differs.push(join("resident", "r"));
        } else {
            differs.push(format!(
                "(s.columns_mark <> '' AND {})",
                join("columns", "c")
            ));
        }
        if self.says_of_owners {
            differs.push(join("owner", "o"));
        }
        (joins, differs.join(" OR "))
    }
}

const LIVE: &str = "a.id IS NOT NULL AND a.ended_at IS NULL";
const NEW: &str = "(a.id IS NULL OR a.ended_at IS NOT NULL)";
/// Accesses of the network that no staged and no rejected row names.
pub(super) const MISSING: &str = "access a \
     LEFT JOIN staged_access s ON s.import_id = $1 AND s.access_id = a.access_id \
     LEFT JOIN rejected_row j ON j.import_id = $1 AND j.access_id = a.access_id \
     WHERE a.network = $2 AND a.ended_at IS NULL AND s.id IS NULL AND j.id IS NULL";

/// Counts what the import would do now. A complete import ends what is missing.
pub async fn counts<C: ConnectionTrait>(
    connection: &C,
    import: &Import,
    full: bool,
) -> Result<Counts, DbErr> {
    let (joins, differs) = import.people();
    let sql = format!(
        "SELECT COUNT(*) AS rows_, COUNT(CASE WHEN {NEW} THEN 1 END) AS added, \
         COUNT(CASE WHEN {LIVE} AND (a.content_hash <> s.content_hash OR {differs}) THEN 1 END) AS changed, \
         COUNT(CASE WHEN s.suppressed THEN 1 END) AS suppressed \
         FROM staged_access s LEFT JOIN access a ON a.network = $2 AND a.access_id = s.access_id{joins} \
         WHERE s.import_id = $1"
    );
    let values = || [import.id.into(), import.network.as_str().into()];
    let mut counts = Counts::default();
    for row in query(connection, &sql, values()).await? {
        counts.rows = count(&row, "rows_")?;
        counts.added = count(&row, "added")?;
        counts.changed = count(&row, "changed")?;
        counts.suppressed = count(&row, "suppressed")?;
    }
    if full {
        let sql = format!("SELECT COUNT(*) AS missing FROM {MISSING}");
        for row in query(connection, &sql, values()).await? {
            counts.missing = count(&row, "missing")?;
        }
    }
    Ok(counts)
}

/// Some accesses that the import would add.
pub async fn added<C: ConnectionTrait>(
    connection: &C,
    import: &Import,
    limit: u64,
) -> Result<Vec<Sample>, DbErr> {
    let sql = format!(
        "SELECT {} FROM staged_access s LEFT JOIN access a ON a.network = $2 AND a.access_id = s.access_id \
         WHERE s.import_id = $1 AND {NEW} ORDER BY s.line LIMIT {limit}",
        address("s")
    );
    samples(connection, &sql, import).await
}

/// Some accesses that the import would end.
pub async fn ended<C: ConnectionTrait>(
    connection: &C,
    import: &Import,
    limit: u64,
) -> Result<Vec<Sample>, DbErr> {
    let sql = format!(
        "SELECT {} FROM {MISSING} ORDER BY a.access_id LIMIT {limit}",
        address("a")
    );
    samples(connection, &sql, import).await
}

/// Some accesses that the import would change, with what.
pub async fn changed<C: ConnectionTrait>(
    connection: &C,
    import: &Import,
    limit: u64,
) -> Result<Vec<Sample>, DbErr> {
    let (joins, differs) = import.people();
    let pairs: Vec<_> = facts::shown()
        .map(|c| {
            format!(
                "COALESCE(CAST(a.{c} AS TEXT), '') AS before_{c}, COALESCE(CAST(s.{c} AS TEXT), '') AS after_{c}"
            )
        })
        .collect();
    let sql = format!(
        "SELECT {}, {} FROM staged_access s JOIN access a ON a.network = $2 AND a.access_id = s.access_id{joins} \
         WHERE s.import_id = $1 AND {LIVE} AND (a.content_hash <> s.content_hash OR {differs}) ORDER BY s.line LIMIT {limit}",
        address("s"),
        pairs.join(", ")
    );
    samples(connection, &sql, import).await
}

fn address(of: &str) -> String {
    format!(
        "{of}.access_id AS id_, {of}.street_name AS a0, {of}.street_number AS a1, {of}.street_littera AS a2, \
         {of}.postal_code AS a3, {of}.city AS a4"
    )
}

async fn samples<C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    import: &Import,
) -> Result<Vec<Sample>, DbErr> {
    let values = [import.id.into(), import.network.as_str().into()];
    let rows = query(connection, sql, values).await?;
    rows.iter().map(sample).collect()
}

fn sample(row: &QueryResult) -> Result<Sample, DbErr> {
    let mut changes = Vec::new();
    for column in facts::shown() {
        let Ok(before) = row.try_get::<String>("", &format!("before_{column}")) else {
            break;
        };
        let after: String = row.try_get("", &format!("after_{column}"))?;
        if before != after {
            changes.push((column, before, after));
        }
    }
    Ok(Sample {
        access_id: row.try_get("", "id_")?,
        address: [
            row.try_get("", "a0")?,
            row.try_get("", "a1")?,
            row.try_get("", "a2")?,
            row.try_get("", "a3")?,
            row.try_get("", "a4")?,
        ],
        changes,
    })
}

fn count(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    let count: i64 = row.try_get("", column)?;
    Ok(u64::try_from(count).unwrap_or_default())
}
