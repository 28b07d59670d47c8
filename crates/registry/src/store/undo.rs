//! Takes an applied import back, set by set; what it had made stays in the history.

use sea_orm::{ConnectionTrait, DbErr, Value};
use uuid::Uuid;

use super::history::{self, Change};
use super::{execute, facts};

/// Puts back what the import has changed or ended, unless somebody has changed it since. What the import had made goes
/// into the history under `undo`.
pub async fn accesses<C: ConnectionTrait>(
    tx: &C,
    import: Uuid,
    change: Change<'_>,
) -> Result<u64, DbErr> {
    let made = "access a WHERE a.network = $2 AND a.changed_by = $4";
    let touched = history::keep(tx, change, made, Some(import)).await?;
    let values = || change.values().into_iter().chain([import.into()]);
    // What the import brought ends, so that whoever follows the feed hears of it.
    let end = format!(
        "UPDATE access SET ended_at = $3, {} WHERE network = $2 AND changed_by = $4 AND NOT EXISTS \
         (SELECT 1 FROM access_history h WHERE h.id = access.id AND h.replaced_by = $4)",
        change.stamp()
    );
    execute(tx, &end, values()).await?;
    let restore = format!(
        "UPDATE access SET {}, changed_by = h.changed_by, changed_at = $3, revised_at = $3, revision = {}, ended_at = h.ended_at, \
         appeared_at = CASE WHEN access.ended_at IS NULL THEN access.appeared_at ELSE $3 END FROM access_history h \
         WHERE h.id = access.id AND h.replaced_by = $4 AND access.network = $2 AND access.changed_by = $4",
        facts::assignments("h."),
        change.turn.revision
    );
    // Whose it is again is whose it was, so that the import before can be taken back after this one.
    execute(tx, &restore, values()).await?;
    Ok(touched)
}

/// Brings people back whom the import had set aside; those that it had brought must be gone.
pub async fn people<C: ConnectionTrait>(tx: &C, import: Uuid, network: &str) -> Result<u64, DbErr> {
    let values: [Value; 2] = [import.into(), network.into()];
    execute(
        tx,
        "UPDATE resident SET superseded_by = NULL WHERE superseded_by = $1 AND network = $2",
        values,
    )
    .await
}
