//! Takes an applied import back, set by set; what it had made stays in the history.

use sea_orm::entity::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, Value};
use uuid::Uuid;

use super::history::{self, Change};
use super::{execute, facts};

/// Puts back what the import has changed or ended, unless somebody has changed it since. What the import had made goes
/// into the history under `undo`.
pub async fn accesses<C: ConnectionTrait>(
    tx: &C,
    import: Uuid,
    network: &str,
    undo: Uuid,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    let change = Change {
        by: undo,
        network,
        at: now,
    };
    let made = "access a WHERE a.network = $2 AND a.changed_by = $4";
    let touched = history::keep(tx, change, made, Some(import)).await?;
    let values: [Value; 2] = [import.into(), network.into()];
    execute(
        tx,
        "DELETE FROM access WHERE network = $2 AND changed_by = $1 AND NOT EXISTS \
         (SELECT 1 FROM access_history h WHERE h.id = access.id AND h.replaced_by = $1)",
        values,
    )
    .await?;
    let restore = format!(
        "UPDATE access SET {}, changed_by = h.changed_by, changed_at = $3, ended_at = h.ended_at FROM access_history h \
         WHERE h.id = access.id AND h.replaced_by = $1 AND access.network = $2 AND access.changed_by = $1",
        facts::assignments("h.")
    );
    // Whose it is again is whose it was, so that the import before can be taken back after this one.
    let values: [Value; 3] = [import.into(), network.into(), now.into()];
    execute(tx, &restore, values).await?;
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
