//! What accesses looked like before. No person is in it.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::network_revision::Turn;
use super::{access, execute, facts, query};

/// The history is not fed to anybody.
const NO_REVISION: i64 = 0;

/// What an access was, as long as it was so.
#[derive(Clone, Debug)]
pub struct Version {
    pub access: access::Model,
    pub valid_from: DateTimeUtc,
    pub valid_to: Option<DateTimeUtc>,
}

/// What the access was at that time; nothing when it was not, or had ended.
pub async fn at<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
    time: DateTimeUtc,
) -> Result<Option<Version>, DbErr> {
    let now = access::find_any(connection, network, id).await?;
    if let Some(access) = now.filter(|access| access.changed_at <= time) {
        let valid_from = access.changed_at;
        let version = Version {
            access,
            valid_from,
            valid_to: None,
        };
        return Ok(Some(version).filter(|v| v.access.ended_at.is_none()));
    }
    let sql = format!(
        "SELECT h.id, h.network, h.access_id, {}, h.changed_by, h.valid_from AS changed_at, h.ended_at, h.valid_to, \
         CAST({NO_REVISION} AS BIGINT) AS revision, h.valid_from AS revised_at, h.valid_from AS appeared_at \
         FROM access_history h WHERE h.network = $1 AND h.access_id = $2 AND h.valid_from <= $3 AND h.valid_to > $3 \
         ORDER BY h.valid_to DESC LIMIT 1",
        facts::list("h.")
    );
    let values: [Value; 3] = [network.as_str().into(), id.as_str().into(), time.into()];
    let rows = query(connection, &sql, values).await?;
    let version = rows.first().map(Version::before).transpose()?;
    Ok(version.filter(|v| v.access.ended_at.is_none()))
}

impl Version {
    fn before(row: &QueryResult) -> Result<Self, DbErr> {
        let access = access::Model::from_query_result(row, "")?;
        Ok(Self {
            valid_from: access.changed_at,
            valid_to: Some(row.try_get("", "valid_to")?),
            access,
        })
    }
}

/// What changes accesses of a network: an import, an edit, an undo.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub by: Uuid,
    pub network: &'a str,
    pub turn: Turn,
}

impl Change<'_> {
    /// `$1` by what, `$2` in which network, `$3` when.
    pub fn values(self) -> [Value; 3] {
        [self.by.into(), self.network.into(), self.turn.at.into()]
    }

    /// What every changed row of `access` carries, in the terms of [`Change::values`].
    pub fn stamp(self) -> String {
        let revision = self.turn.revision;
        format!("changed_by = $1, changed_at = $3, revised_at = $3, revision = {revision}")
    }
}

/// Keeps what accesses are before the change touches them. `accesses` names them as `a`, in the terms of
/// [`Change::values`] and of `which` as `$4`. Returns how many they are.
pub async fn keep<C: ConnectionTrait>(
    tx: &C,
    change: Change<'_>,
    accesses: &str,
    which: Option<Uuid>,
) -> Result<u64, DbErr> {
    let sql = format!(
        "INSERT INTO access_history (id, replaced_by, network, access_id, {}, changed_by, valid_from, valid_to, ended_at) \
         SELECT a.id, $1, a.network, a.access_id, {}, a.changed_by, a.changed_at, $3, a.ended_at FROM {accesses}",
        facts::list(""),
        facts::list("a.")
    );
    let which = which.map(Value::from);
    execute(tx, &sql, change.values().into_iter().chain(which)).await
}
