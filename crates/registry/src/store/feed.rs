//! Accesses in the order of the turns that changed them, ended ones too.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult as _, QueryResult, Value};

use super::{access, query};

/// An access in the feed.
#[derive(Clone, Debug)]
pub struct FeedRow {
    pub access: access::Model,
    /// Whether somebody there keeps it from providers.
    pub kept_back: KeptBack,
}

/// Whether somebody at an access keeps it from providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptBack {
    /// Nobody.
    No,
    /// Somebody objects, or is restricted: it is in no extract of the market (decision 33).
    FromTheMarket,
    /// Somebody is protected: it is in no list at all (decision 20).
    FromEveryList,
}

/// Two questions of small indexes, of those alone who are kept back; one question that joins everybody's person costs five
/// times as much.
const KEPT_BACK: &str = "COALESCE((SELECT MAX(CASE WHEN r.protected THEN 2 ELSE 1 END) FROM resident r \
     WHERE r.network = a.network AND r.access_id = a.access_id AND r.superseded_by IS NULL \
     AND (r.not_to_providers OR r.protected)), \
     CASE WHEN EXISTS (SELECT 1 FROM subject p JOIN resident r ON r.subject_id = p.id WHERE p.network = a.network \
     AND p.restricted_at IS NOT NULL AND r.network = a.network AND r.access_id = a.access_id \
     AND r.superseded_by IS NULL) THEN 1 ELSE 0 END) AS kept_back";

/// What changed after a place in the feed, in its order.
pub async fn changed_after<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    (revision, access_id): (i64, &str),
    limit: u64,
) -> Result<Vec<FeedRow>, DbErr> {
    let sql = format!(
        "SELECT a.*, {KEPT_BACK} FROM access a WHERE a.network = $1 AND (a.revision, a.access_id) > ($2, $3) \
         ORDER BY a.revision, a.access_id LIMIT {limit}"
    );
    let values: [Value; 3] = [network.as_str().into(), revision.into(), access_id.into()];
    let rows = query(connection, &sql, values).await?;
    rows.iter().map(feed_row).collect()
}

/// One access that has not ended.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
) -> Result<Option<FeedRow>, DbErr> {
    let sql = format!(
        "SELECT a.*, {KEPT_BACK} FROM access a WHERE a.network = $1 AND a.access_id = $2 AND a.ended_at IS NULL"
    );
    let values: [Value; 2] = [network.as_str().into(), id.as_str().into()];
    let rows = query(connection, &sql, values).await?;
    rows.first().map(feed_row).transpose()
}

/// The last turn that was over at that time; 0 when there was none.
pub async fn turn_at<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    time: DateTimeUtc,
) -> Result<i64, DbErr> {
    let sql = "SELECT COALESCE(MAX(revision), 0) AS turn FROM network_turn WHERE network = $1 AND at <= $2";
    let rows = query(connection, sql, [network.as_str().into(), time.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get("", "turn"))
}

fn feed_row(row: &QueryResult) -> Result<FeedRow, DbErr> {
    Ok(FeedRow {
        access: access::Model::from_query_result(row, "")?,
        kept_back: match row.try_get::<i32>("", "kept_back")? {
            0 => KeptBack::No,
            1 => KeptBack::FromTheMarket,
            _ => KeptBack::FromEveryList,
        },
    })
}
