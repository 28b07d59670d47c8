//! What was asked of this holder, as rows: they survive a crash, and they remember the answer.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use service_kit::telemetry::TraceContext;
use tracing::Span;
use uuid::Uuid;

use crate::store::holder_task::{self, Column, Entity};

/// A task as it is stored.
pub(crate) type Task = holder_task::Model;

/// How long a task is left to who took it. Doing it twice is harmless: the answer is recorded once.
const LEASE: TimeDelta = TimeDelta::seconds(20);
/// First and longest wait between attempts.
const BACKOFF_MS: (i64, i64) = (250, 60_000);
/// Tasks taken at once.
const BATCH: u64 = 64;

/// What is asked.
pub(crate) const DISCOVER: &str = "discover";
pub(crate) const ERASE: &str = "erase";
pub(crate) const EXPORT: &str = "export";
/// The service itself has forgotten persons; their keys are still to go.
pub(crate) const FORGET: &str = "forget";

/// A person opted out; until the ledger has it, it is said again.
pub(crate) const OPT_OUT: &str = "opt_out";

/// Not yet begun, or begun and to be repeated from the start.
pub(crate) const PENDING: &str = "pending";
/// Rows are cleared; keys and the second reading are to come.
pub(crate) const UNPROVEN: &str = "unproven";
/// Answered.
pub(crate) const DONE: &str = "done";
/// The request is no longer open; no answer is wanted.
pub(crate) const DROPPED: &str = "dropped";

/// What makes a new task.
pub(crate) struct NewTask {
    pub kind: &'static str,
    pub request_id: String,
    pub reference: i64,
    pub network: String,
    pub state: &'static str,
    pub payload: Vec<u8>,
    pub progress: String,
    pub replayed: bool,
}

/// Stores a task, leased to this process, which goes on with it at once.
pub(crate) async fn insert<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
    new: NewTask,
) -> Result<Task, DbErr> {
    store(tx, row(id, now, new, Some(now + LEASE))).await
}

/// Stores a task for whoever looks next.
pub(crate) async fn insert_free<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
    new: NewTask,
) -> Result<(), DbErr> {
    store(tx, row(id, now, new, None)).await.map(drop)
}

async fn store<C: ConnectionTrait>(tx: &C, task: Task) -> Result<Task, DbErr> {
    Entity::insert(holder_task::ActiveModel::from(task.clone()).reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(task)
}

fn row(id: Uuid, now: DateTime<Utc>, new: NewTask, lease_until: Option<DateTime<Utc>>) -> Task {
    let (traceparent, tracestate) = TraceContext::current().columns();
    Task {
        id,
        kind: new.kind.to_owned(),
        request_id: new.request_id,
        reference: new.reference,
        network: new.network,
        state: new.state.to_owned(),
        payload: new.payload,
        progress: new.progress,
        answer: None,
        replayed: new.replayed,
        attempts: 0,
        next_attempt_at: now,
        lease_until,
        created_at: now,
        done_at: None,
        traceparent,
        tracestate,
    }
}

/// The span that a task is done in: it goes on where the task was asked.
pub(crate) fn span(task: &Task) -> Span {
    let span = tracing::info_span!(
        "holder.task",
        otel.name = format!("holder {}", task.kind),
        holder.task = task.kind,
        holder.attempts = task.attempts,
    );
    TraceContext::from_columns(task.traceparent.clone(), task.tracestate.clone()).set_parent(&span);
    span
}

/// The task of an order, if it came before.
pub(crate) async fn find<C: ConnectionTrait>(
    connection: &C,
    kind: &str,
    request_id: &str,
    reference: i64,
) -> Result<Option<Task>, DbErr> {
    Entity::find()
        .filter(Column::Kind.eq(kind))
        .filter(Column::RequestId.eq(request_id))
        .filter(Column::Reference.eq(reference))
        .one(connection)
        .await
}

/// Tasks that are due and that nobody works at; taken for [`LEASE`].
pub(crate) async fn take_due<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
) -> Result<Vec<Task>, DbErr> {
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lt(now));
    let due = Condition::all()
        .add(Column::State.is_in([PENDING, UNPROVEN]))
        .add(Column::NextAttemptAt.lte(now))
        .add(free);
    let tasks = Entity::find()
        .filter(due.clone())
        .order_by_asc(Column::NextAttemptAt)
        .limit(BATCH)
        .all(tx)
        .await?;
    let mut taken = Vec::with_capacity(tasks.len());
    for task in tasks {
        let lease = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
            .filter(Column::Id.eq(task.id))
            .filter(due.clone());
        if lease.exec(tx).await?.rows_affected == 1 {
            taken.push(task);
        }
    }
    Ok(taken)
}

/// Whether something may be due; spares the write lock when there is not.
pub(crate) async fn any_due<C: ConnectionTrait>(
    connection: &C,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lt(now));
    let due = Entity::find()
        .filter(Column::State.is_in([PENDING, UNPROVEN]))
        .filter(Column::NextAttemptAt.lte(now))
        .filter(free);
    Ok(due.count(connection).await? > 0)
}

/// Erasures whose rows are cleared and that have no proof yet.
pub(crate) async fn unproven<C: ConnectionTrait>(connection: &C) -> Result<Vec<Task>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(UNPROVEN))
        .order_by_asc(Column::Reference)
        .limit(BATCH)
        .all(connection)
        .await
}

/// Records the answer. False when somebody else has, or when the row is gone with a restored database.
pub(crate) async fn finish<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
    answer: Vec<u8>,
) -> Result<bool, DbErr> {
    let finish = Entity::update_many()
        .col_expr(Column::State, Expr::value(DONE))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::DoneAt, Expr::value(now))
        .col_expr(
            Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in([PENDING, UNPROVEN]));
    Ok(finish.exec(tx).await?.rows_affected == 1)
}

/// No answer is wanted any more.
pub(crate) async fn drop_it<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DROPPED))
        .col_expr(Column::DoneAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PENDING))
        .exec(tx)
        .await?;
    Ok(())
}

/// A dropped task is wanted after all; leased to this process, which goes on with it at once.
pub(crate) async fn revive<C: ConnectionTrait>(
    tx: &C,
    task: Task,
    now: DateTime<Utc>,
) -> Result<Task, DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(PENDING))
        .col_expr(Column::NextAttemptAt, Expr::value(now))
        .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
        .col_expr(Column::DoneAt, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(Column::Id.eq(task.id))
        .filter(Column::State.eq(DROPPED))
        .exec(tx)
        .await?;
    Ok(Task {
        state: PENDING.to_owned(),
        ..task
    })
}

/// Puts a task off after a failed attempt.
pub(crate) async fn postpone<C: ConnectionTrait>(
    tx: &C,
    task: &Task,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let wait = BACKOFF_MS.0 << task.attempts.clamp(0, 8);
    let wait = Ord::min(wait, BACKOFF_MS.1);
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(
            Column::NextAttemptAt,
            Expr::value(now + TimeDelta::milliseconds(wait)),
        )
        .col_expr(
            Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(Column::Id.eq(task.id))
        .filter(Column::State.is_in([PENDING, UNPROVEN]))
        .exec(tx)
        .await?;
    Ok(())
}

/// Leaves a task until then: an answer is awaited.
pub(crate) async fn await_answer<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::NextAttemptAt, Expr::value(until))
        .col_expr(
            Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PENDING))
        .exec(tx)
        .await?;
    Ok(())
}

/// After a crash of the only process of a SQLite service nobody holds a lease any more.
pub(crate) async fn free_all<C: ConnectionTrait>(tx: &C) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(Column::LeaseUntil.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}
