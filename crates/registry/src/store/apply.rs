//! Makes the staged rows of an import the truth, set by set: history first, then what is new, changed and ended.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::compare::{Import, MISSING};
use super::network_revision::Turn;
use super::{execute, facts, history};

/// An access that had ended begins anew.
const REAPPEARED: &str =
    "appeared_at = CASE WHEN access.ended_at IS NULL THEN access.appeared_at ELSE $3 END";
const DIFFERS: &str = "(a.content_hash <> s.content_hash OR a.ended_at IS NOT NULL)";

/// Adds and changes accesses.
pub async fn put<C: ConnectionTrait>(tx: &C, import: &Import, turn: Turn) -> Result<(), DbErr> {
    let change = import.change(turn);
    let differing = format!(
        "staged_access s JOIN access a ON a.network = $2 AND a.access_id = s.access_id \
         WHERE s.import_id = $1 AND {DIFFERS}"
    );
    history::keep(tx, change, &differing, None).await?;
    // What differs only in the state of an ended access comes back by this, too.
    let update = format!(
        "UPDATE access SET {}, {}, ended_at = NULL, {REAPPEARED} FROM staged_access s \
         WHERE s.import_id = $1 AND access.network = $2 AND access.access_id = s.access_id \
         AND (access.content_hash <> s.content_hash OR access.ended_at IS NOT NULL)",
        facts::assignments("s."),
        change.stamp()
    );
    execute(tx, &update, change.values()).await?;
    let add = format!(
        "INSERT INTO access (id, network, access_id, {}, changed_by, changed_at, ended_at, revision, revised_at, appeared_at) \
         SELECT s.id, s.network, s.access_id, {}, $1, $3, NULL, {}, $3, $3 \
         FROM staged_access s LEFT JOIN access a ON a.network = $2 AND a.access_id = s.access_id \
         WHERE s.import_id = $1 AND a.id IS NULL",
        facts::list(""),
        facts::list("s."),
        turn.revision
    );
    execute(tx, &add, change.values()).await?;
    Ok(())
}

/// Ends the accesses that the import does not name.
pub async fn end<C: ConnectionTrait>(tx: &C, import: &Import, turn: Turn) -> Result<(), DbErr> {
    let change = import.change(turn);
    history::keep(tx, change, MISSING, None).await?;
    let end = format!(
        "UPDATE access SET ended_at = $3, {} WHERE id IN (SELECT a.id FROM {MISSING})",
        change.stamp()
    );
    execute(tx, &end, change.values()).await?;
    let people = "UPDATE resident SET superseded_by = $1 WHERE superseded_by IS NULL AND network = $2 AND access_id IN \
         (SELECT a.access_id FROM access a WHERE a.network = $2 AND a.changed_by = $1 AND a.ended_at IS NOT NULL)";
    execute(
        tx,
        people,
        [import.id.into(), import.network.as_str().into()],
    )
    .await?;
    Ok(())
}

/// Sets aside what is stored about people in this role where the import says something else.
pub async fn supersede<C: ConnectionTrait>(
    tx: &C,
    import: &Import,
    role: &str,
    silence_counts: bool,
) -> Result<u64, DbErr> {
    let silence = if silence_counts {
        String::new()
    } else {
        format!(" AND s.{role}_mark <> ''")
    };
    let sql = format!(
        "UPDATE resident SET superseded_by = $1 WHERE id IN (SELECT r.id FROM staged_access s \
         JOIN resident r ON r.network = $2 AND r.access_id = s.access_id AND r.role = $3 AND r.superseded_by IS NULL \
         WHERE s.import_id = $1 AND r.mark <> s.{role}_mark{silence})"
    );
    let values: [Value; 3] = [
        import.id.into(),
        import.network.as_str().into(),
        role.into(),
    ];
    execute(tx, &sql, values).await
}

/// Gives PostgreSQL's planner figures of tables that have just been filled.
pub async fn analyze<C: ConnectionTrait>(connection: &C) -> Result<(), DbErr> {
    if connection.get_database_backend() == sea_orm::DbBackend::Postgres {
        connection
            .execute_unprepared("ANALYZE access, resident, subject")
            .await?;
    }
    Ok(())
}
