//! What endpoints are told: one row for each event and endpoint, written where the event happens.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, LockBehavior, LockType, Query};
use sea_orm::{ActiveValue, Condition, IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use super::webhook_endpoint;
use crate::domain::webhook::WebhookKind;

/// [`Model::state`]: to be sent.
pub const WAITING: &str = "waiting";
/// [`Model::state`]: the endpoint has it.
pub const DELIVERED: &str = "delivered";
/// [`Model::state`]: not sent any more by itself.
pub const GIVEN_UP: &str = "given_up";

/// Longer than an attempt may take, so that a lease ends only when its holder is gone.
pub const LEASE: Duration = Duration::from_mins(2);
/// Endpoints that are looked at in one turn.
const ENDPOINTS_OF_A_TURN: u64 = 1_000;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// Grows with the events of one order.
    #[sea_orm(primary_key)]
    pub position: i64,
    /// Its `webhook-id`.
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who is told.
    pub provider_id: String,
    /// Where.
    pub endpoint_id: Uuid,
    /// A word of [`WebhookKind`].
    pub kind: String,
    /// What it is about.
    pub object_id: Uuid,
    /// When it happened.
    pub at: DateTimeUtc,
    /// [`WAITING`], [`DELIVERED`], [`GIVEN_UP`].
    pub state: String,
    /// So far.
    pub attempts: i32,
    /// From when its age counts: when it happened, or when it was sent again by hand.
    pub begun_at: DateTimeUtc,
    /// Not before.
    pub next_attempt_at: DateTimeUtc,
    /// Who is at it.
    pub lease_owner: Option<Uuid>,
    /// Until then.
    pub lease_until: Option<DateTimeUtc>,
    /// HTTP status of the last attempt.
    pub last_status: Option<i32>,
    /// Why the last attempt failed.
    pub last_failure: Option<String>,
    /// When it was over.
    pub finished_at: Option<DateTimeUtc>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An event for an endpoint.
pub fn new(
    endpoint: &webhook_endpoint::Model,
    id: Uuid,
    kind: WebhookKind,
    object_id: Uuid,
    now: DateTime<Utc>,
) -> ActiveModel {
    let mut row = Model {
        position: 0,
        id,
        network: endpoint.network.clone(),
        provider_id: endpoint.provider_id.clone(),
        endpoint_id: endpoint.id,
        kind: kind.as_str().to_owned(),
        object_id,
        at: now,
        state: WAITING.to_owned(),
        attempts: 0,
        begun_at: now,
        next_attempt_at: now,
        lease_owner: None,
        lease_until: None,
        last_status: None,
        last_failure: None,
        finished_at: None,
    }
    .into_active_model()
    .reset_all();
    row.position = ActiveValue::NotSet;
    row
}

/// Stores them.
pub async fn insert(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Endpoints for which something is due. One that is not active is only tried.
pub async fn endpoints_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::EndpointId)
        .distinct()
        .filter(is_due(now))
        .filter(may_be_sent())
        .limit(ENDPOINTS_OF_A_TURN)
        .into_tuple()
        .all(db)
        .await
}

/// Takes up to `limit` deliveries of an endpoint that are due, the oldest first, and leases them to `owner`. What comes after a
/// waiting one about the same order waits, too.
pub async fn claim(
    db: &impl ConnectionTrait,
    endpoint: Uuid,
    owner: Uuid,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let before = Alias::new("before");
    let earlier = Query::select()
        .expr(Expr::val(1))
        .from_as("webhook_delivery", before.clone())
        .and_where(Expr::col((before.clone(), Column::EndpointId)).eq(endpoint))
        .and_where(Expr::col((before.clone(), Column::ObjectId)).equals((Entity, Column::ObjectId)))
        .and_where(Expr::col((before.clone(), Column::State)).eq(WAITING))
        .and_where(Expr::col((before, Column::Position)).lt(Expr::col((Entity, Column::Position))))
        .take();
    let rows = Entity::find()
        .filter(Column::EndpointId.eq(endpoint))
        .filter(is_due(now))
        .filter(may_be_sent())
        .filter(Condition::all().not().add(Expr::exists(earlier)))
        .order_by_asc(Column::Position)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(db)
        .await?;
    if !rows.is_empty() {
        let lease = chrono::TimeDelta::from_std(LEASE).unwrap_or_default();
        Entity::update_many()
            .col_expr(Column::LeaseOwner, Expr::value(owner))
            .col_expr(Column::LeaseUntil, Expr::value(now + lease))
            .filter(Column::Position.is_in(rows.iter().map(|row| row.position)))
            .exec(db)
            .await?;
    }
    Ok(rows)
}

/// Stores what became of an attempt; false when the lease has gone to somebody else.
pub async fn settle(db: &impl ConnectionTrait, owner: Uuid, row: Model) -> Result<bool, DbErr> {
    let position = row.position;
    let row = Model {
        lease_owner: None,
        lease_until: None,
        ..row
    };
    let mut changes = row.into_active_model().reset_all();
    changes.position = ActiveValue::NotSet;
    let done = Entity::update_many()
        .set(changes)
        .filter(Column::Position.eq(position))
        .filter(Column::LeaseOwner.eq(owner))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Deliveries of an endpoint, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    endpoint: Uuid,
    state: Option<&str>,
    below: Option<i64>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::EndpointId.eq(endpoint));
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state));
    }
    if let Some(below) = below {
        query = query.filter(Column::Position.lt(below));
    }
    query
        .order_by_desc(Column::Position)
        .limit(limit)
        .all(db)
        .await
}

/// Has one of a provider's deliveries sent now; false when there is none. What an attempt that is under way comes to is not
/// stored any more.
pub async fn resend(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    provider: &ProviderId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::BegunAt, Expr::value(now))
        .col_expr(Column::NextAttemptAt, Expr::value(now))
        .col_expr(Column::FinishedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::LeaseOwner, Expr::value(None::<Uuid>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(id))
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Removes all deliveries of an endpoint.
pub async fn remove_of(db: &impl ConnectionTrait, endpoint: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::EndpointId.eq(endpoint))
        .exec(db)
        .await
        .map(drop)
}

/// Removes what was over before `finished`; gives up what has waited since before `begun` at endpoints that are not active.
pub async fn sweep(
    db: &impl ConnectionTrait,
    finished: DateTime<Utc>,
    begun: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::FinishedAt.lt(finished))
        .exec(db)
        .await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(GIVEN_UP))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .filter(Column::State.eq(WAITING))
        .filter(Column::BegunAt.lt(begun))
        .filter(Condition::all().not().add(may_be_sent()))
        .exec(db)
        .await
        .map(drop)
}

fn is_due(now: DateTime<Utc>) -> Condition {
    let free = Condition::any()
        .add(Column::LeaseUntil.is_null())
        .add(Column::LeaseUntil.lte(now));
    Condition::all()
        .add(Column::State.eq(WAITING))
        .add(Column::NextAttemptAt.lte(now))
        .add(free)
}

fn may_be_sent() -> Condition {
    let active = Query::select()
        .column(webhook_endpoint::Column::Id)
        .from(webhook_endpoint::Entity)
        .and_where(webhook_endpoint::Column::Active.eq(true))
        .take();
    Condition::any()
        .add(Column::EndpointId.in_subquery(active))
        .add(Column::Kind.eq(WebhookKind::EndpointPing.as_str()))
}
