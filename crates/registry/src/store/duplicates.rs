//! Accesses that a file names more than once: which of the rows is right cannot be known.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{execute, query};

const NAMED: &str = "SELECT access_id, line, 1 AS staged FROM staged_access WHERE import_id = $1 \
     UNION ALL SELECT access_id, line, 0 AS staged FROM rejected_row WHERE import_id = $1 AND access_id IS NOT NULL";

/// A staged row whose access occurs elsewhere in the file, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    pub access_id: String,
    /// Another line that names it.
    pub other_line: u64,
}

/// The staged rows of such accesses by line, at most `limit`.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    import: Uuid,
    limit: usize,
) -> Result<BTreeMap<u64, Duplicate>, DbErr> {
    let sql = format!(
        "SELECT n.access_id, n.line, n.staged FROM ({NAMED}) n JOIN \
         (SELECT access_id FROM ({NAMED}) m GROUP BY access_id HAVING COUNT(*) > 1) d ON d.access_id = n.access_id \
         ORDER BY n.access_id, n.line LIMIT {limit}"
    );
    let mut found = BTreeMap::new();
    let mut before: Option<(String, u64)> = None;
    let mut waiting: Option<u64> = None;
    for row in query(connection, &sql, [import.into()]).await? {
        let access_id: String = row.try_get("", "access_id")?;
        let line: i64 = row.try_get("", "line")?;
        let line = u64::try_from(line).unwrap_or_default();
        let is_staged = staged(&row)?;
        match &before {
            Some((id, first)) if *id == access_id => {
                // The first row of an access points to the second, every further one to the first.
                if let Some(first) = waiting.take() {
                    let access_id = access_id.clone();
                    found.insert(
                        first,
                        Duplicate {
                            access_id,
                            other_line: line,
                        },
                    );
                }
                if is_staged {
                    let other_line = *first;
                    found.insert(
                        line,
                        Duplicate {
                            access_id,
                            other_line,
                        },
                    );
                }
            }
            _ => {
                waiting = is_staged.then_some(line);
                before = Some((access_id, line));
            }
        }
    }
    Ok(found)
}

/// PostgreSQL calls a literal 1 an `int4`, SQLite an integer of no size.
fn staged(row: &sea_orm::QueryResult) -> Result<bool, DbErr> {
    let number: i32 = row.try_get("", "staged")?;
    Ok(number == 1)
}

/// Takes their rows out of the staged ones.
pub async fn delete<C: ConnectionTrait>(connection: &C, import: Uuid) -> Result<u64, DbErr> {
    let sql = format!(
        "DELETE FROM staged_access WHERE import_id = $1 AND access_id IN \
         (SELECT access_id FROM ({NAMED}) m GROUP BY access_id HAVING COUNT(*) > 1)"
    );
    execute(connection, &sql, [import.into()]).await
}
