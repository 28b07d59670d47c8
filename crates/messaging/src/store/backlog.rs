//! What waits in table `outbox`, measured.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::outbox::UNROUTABLE;
use super::sql;

/// How many rows wait, and since when the oldest does.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    pub(crate) pending: u64,
    pub(crate) unroutable: u64,
    pub(crate) oldest: Option<DateTime<Utc>>,
}

/// By the two partial indexes of what waits.
const WAITING: &str = "SELECT state, COUNT(*) AS rows_, MIN(recorded_at) AS oldest FROM (
    SELECT state, recorded_at FROM outbox WHERE delivered_at IS NULL AND attempts = 0
    UNION ALL
    SELECT state, recorded_at FROM outbox WHERE delivered_at IS NULL AND attempts > 0) AS waiting GROUP BY state";

pub(crate) async fn backlog<C: ConnectionTrait>(reader: &C) -> Result<Backlog, DbErr> {
    let mut backlog = Backlog::default();
    for row in reader.query_all_raw(sql(reader, WAITING, [])).await? {
        let rows: i64 = row.try_get("", "rows_")?;
        let rows = u64::try_from(rows).unwrap_or_default();
        if row.try_get::<String>("", "state")? == UNROUTABLE {
            backlog.unroutable = rows;
        } else {
            backlog.pending = rows;
            backlog.oldest = Some(row.try_get("", "oldest")?);
        }
    }
    Ok(backlog)
}
