//! Table `outbox`: what is to leave, and what has left lately.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, UpdateStatement};
use sea_orm::{DatabaseTransaction, DbBackend, FromQueryResult as _, QueryTrait as _, Set};
use service_kit::database::Database;

use super::{envelope_columns, envelope_of, sql};
use crate::envelope::Audience;
use crate::{Envelope, due};

/// To be published; earlier rows of its partition key go first.
pub(crate) const PENDING: &str = "pending";
/// Nobody subscribes to it yet. It is kept and tried again, but holds nothing back: order is promised among messages that
/// have a receiver.
pub(crate) const UNROUTABLE: &str = "unroutable";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub message_id: Uuid,
    pub event_type: String,
    pub source: String,
    pub partition_key: String,
    pub network: String,
    pub occurred_at: DateTimeUtc,
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
    pub payload: Vec<u8>,
    pub state: String,
    pub attempts: i32,
    pub recorded_at: DateTimeUtc,
    pub next_attempt_at: DateTimeUtc,
    pub delivered_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub audience: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// A row whose turn it is.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) seq: i64,
    pub(crate) attempts: u32,
    pub(crate) envelope: Envelope,
    pub(crate) audience: Audience,
}

/// Rows of one statement: SQLite takes 32,766 parameters, a row has 18.
const ROWS_PER_INSERT: usize = 500;

pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    envelopes: Vec<(Envelope, Audience)>,
) -> Result<(), DbErr> {
    let now = due::now();
    let mut rows = envelopes
        .into_iter()
        .map(|(envelope, audience)| row(envelope, audience, now))
        .peekable();
    while rows.peek().is_some() {
        let batch: Vec<ActiveModel> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        Entity::insert_many(batch)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(envelope: Envelope, audience: Audience, now: DateTime<Utc>) -> ActiveModel {
    envelope_columns!(envelope, {
        seq: sea_orm::ActiveValue::NotSet,
        state: Set(PENDING.to_owned()),
        attempts: Set(0),
        recorded_at: Set(now),
        next_attempt_at: Set(now),
        delivered_at: Set(None),
        last_error: Set(None),
        audience: Set(label(audience).to_owned()),
    })
}

/// Due rows, oldest first, none whose key has a row under way (`keys`) or one that waits for its next attempt.
/// By state, never by `seq > last`: numbers commit out of order.
///
/// What was never tried is due whatever the clock says: one that was set back holds nothing up.
pub(crate) async fn due(
    database: &Database,
    keys: &[String],
    limit: usize,
) -> Result<Vec<Due>, DbErr> {
    let keys = serde_json::to_string(keys).map_err(|error| DbErr::Json(error.to_string()))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let reader = database.reader();
    let under_way = match database.backend() {
        DbBackend::Postgres => "SELECT jsonb_array_elements_text(CAST($3 AS jsonb))",
        _ => "SELECT value FROM json_each($3)",
    };
    let text = due_sql(under_way);
    let rows = reader
        .query_all_raw(sql(
            &reader,
            &text,
            [due::now().into(), limit.into(), keys.into()],
        ))
        .await?;
    rows.iter()
        .map(|row| Model::from_query_result(row, "").map(Due::of))
        .collect()
}

/// Two walks in the order of small partial indexes, each of which ends at the limit: what was never tried, and what is due
/// again. One over both would sort, and on PostgreSQL walk through all that was delivered since the last vacuum.
fn due_sql(under_way: &str) -> String {
    let of = |which: &str| {
        format!(
            "SELECT * FROM (SELECT * FROM outbox WHERE delivered_at IS NULL AND {which} \
             AND partition_key NOT IN ({under_way}) AND partition_key NOT IN (SELECT partition_key FROM outbox \
             WHERE delivered_at IS NULL AND attempts > 0 AND next_attempt_at > $1 AND state = 'pending') \
             ORDER BY seq LIMIT $2) AS part"
        )
    };
    format!(
        "{} UNION ALL {} ORDER BY seq LIMIT $2",
        of("attempts = 0"),
        of("attempts > 0 AND next_attempt_at <= $1")
    )
}

/// The same set, its length a power of two, so that few different statements have to be prepared.
fn padded(seqs: &[i64]) -> Vec<i64> {
    let mut padded = seqs.to_vec();
    if let Some(last) = seqs.last() {
        padded.resize(seqs.len().next_power_of_two(), *last);
    }
    padded
}

fn label(audience: Audience) -> &'static str {
    match audience {
        Audience::Somebody => "somebody",
        Audience::Anybody => "anybody",
    }
}

impl Due {
    fn of(row: Model) -> Self {
        let audience = if row.audience == label(Audience::Anybody) {
            Audience::Anybody
        } else {
            Audience::Somebody
        };
        Self {
            audience,
            seq: row.seq,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            envelope: envelope_of!(row),
        }
    }
}

/// The transport has taken responsibility for these.
pub(crate) async fn mark_delivered(
    tx: &DatabaseTransaction,
    delivered: &[i64],
) -> Result<(), DbErr> {
    if !delivered.is_empty() {
        tx.execute(&delivery(delivered)).await?;
    }
    Ok(())
}

/// [`mark_delivered`] in a transaction of its own.
pub(crate) async fn mark_delivered_alone(
    database: &Database,
    delivered: &[i64],
) -> Result<(), DbErr> {
    if !delivered.is_empty() {
        let statement = database.backend().build(&delivery(delivered));
        database.write(statement).await?;
    }
    Ok(())
}

fn delivery(delivered: &[i64]) -> UpdateStatement {
    Entity::update_many()
        .col_expr(Column::DeliveredAt, Expr::value(due::now()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Seq.is_in(padded(delivered)))
        .into_query()
}

/// This one was tried in vain and is kept.
pub(crate) async fn postpone(
    tx: &DatabaseTransaction,
    seq: i64,
    state: &str,
    error: &str,
    next_attempt_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::NextAttemptAt, Expr::value(next_attempt_at))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Seq.eq(seq))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a batch of what was delivered before `before` and is kept for nobody.
pub(crate) async fn delete_delivered(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<u64, DbErr> {
    const DELETE: &str = "DELETE FROM outbox WHERE seq IN (
        SELECT seq FROM outbox WHERE delivered_at IS NOT NULL AND delivered_at < $1
        AND message_id NOT IN (SELECT message_id FROM local_queue) LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx
        .execute_raw(sql(tx, DELETE, [before.into(), limit.into()]))
        .await?
        .rows_affected())
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait as _;
    use sea_orm_migration::{MigrationTrait, MigratorTrait};
    use service_kit::database::DatabaseConfig;
    use testkit::store::for_each_store;

    use super::*;
    use crate::store::backlog::backlog;

    struct Migrator;

    impl MigratorTrait for Migrator {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            crate::migrations()
        }
    }

    async fn put(database: &Database, key: &str, state: &str, attempts: i32, in_minutes: i64) {
        let id = kernel::new_id(&kernel::SystemClock);
        let envelope = Envelope {
            message_id: id,
            event_type: "things.thing.made.v1".to_owned(),
            source: "things".to_owned(),
            partition_key: key.to_owned(),
            network: String::new(),
            occurred_at: due::now(),
            trace: service_kit::telemetry::TraceContext::default(),
            correlation_id: id,
            causation_id: None,
            payload: Vec::new(),
        };
        let mut row = row(envelope, Audience::Somebody, due::now());
        row.state = Set(state.to_owned());
        row.attempts = Set(attempts);
        row.next_attempt_at = Set(due::now() + chrono::Duration::minutes(in_minutes));
        let tx = database.begin().await.unwrap();
        Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn the_oldest_of_every_key_that_is_free_is_due() {
        for_each_store(|url| async move {
            let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
            database.migrate::<Migrator>().await.unwrap();
            put(&database, "waits", PENDING, 1, 1).await;
            put(&database, "waits", PENDING, 0, -1).await;
            put(&database, "under way", PENDING, 0, -1).await;
            put(&database, "of a clock that was set back", PENDING, 0, 60).await;
            put(&database, "due again", PENDING, 3, -1).await;
            put(&database, "nobody wants it", UNROUTABLE, 2, 1).await;
            put(&database, "nobody wants it", PENDING, 0, -1).await;

            let under_way = ["under way".to_owned()];
            let seqs = async |limit| {
                let due = super::due(&database, &under_way, limit).await.unwrap();
                due.iter().map(|row| row.seq).collect::<Vec<_>>()
            };
            assert_eq!(seqs(10).await, [4, 5, 7]);
            assert_eq!(seqs(2).await, [4, 5]);
            assert_eq!(seqs(1).await, [4]);

            let waiting = backlog(&database.reader()).await.unwrap();
            assert_eq!((waiting.pending, waiting.unroutable), (6, 1));
            assert!(waiting.oldest.unwrap() <= due::now());
            let tx = database.begin().await.unwrap();
            tx.execute_unprepared("DELETE FROM outbox").await.unwrap();
            tx.commit().await.unwrap();
            let none = backlog(&database.reader()).await.unwrap();
            assert_eq!((none.pending, none.unroutable, none.oldest), (0, 0, None));
        })
        .await;
    }
}
