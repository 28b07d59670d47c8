//! Orders for providers' systems: one row for each, written where the order is placed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use crate::domain::provider_system::handover::{HandoverKind, HandoverState};

/// Longer than a call may take, so that a lease ends only when its holder is gone.
pub const LEASE: Duration = Duration::from_mins(2);
/// Providers that are looked at in one turn.
const PROVIDERS_OF_A_TURN: u64 = 1_000;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handover")]
pub struct Model {
    /// UUIDv7: the oldest is sent first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// To whom.
    pub provider_id: String,
    /// A word of [`HandoverKind`].
    pub kind: String,
    /// The customer's order.
    pub order_id: Uuid,
    /// Of a notice: the technical order.
    pub technical_order_id: Option<Uuid>,
    /// The provider's id of the product, when it was ordered; none: the offering had none.
    pub product_id: Option<String>,
    /// The provider's id of the offering.
    pub offering_id: Option<String>,
    /// A word of [`HandoverState`].
    pub state: String,
    /// Calls so far.
    pub attempts: i32,
    /// From when its age counts.
    pub begun_at: DateTimeUtc,
    /// Not before.
    pub next_attempt_at: DateTimeUtc,
    /// Who is at it.
    pub lease_owner: Option<Uuid>,
    /// Until then.
    pub lease_until: Option<DateTimeUtc>,
    /// When the disclosure of its customer was recorded.
    pub disclosed_at: Option<DateTimeUtc>,
    /// HTTP status of the last call.
    pub last_status: Option<i32>,
    /// Why the last call failed.
    pub last_failure: Option<String>,
    /// When it was over.
    pub finished_at: Option<DateTimeUtc>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is told.
    ///
    /// # Errors
    /// The database was changed by another hand.
    pub fn kind(&self) -> Result<HandoverKind, DbErr> {
        let kind = HandoverKind::parse(&self.kind);
        kind.ok_or_else(|| DbErr::Type("stored kind of a handover is unreadable".to_owned()))
    }

    /// How far it has come.
    ///
    /// # Errors
    /// The database was changed by another hand.
    pub fn state(&self) -> Result<HandoverState, DbErr> {
        let state = HandoverState::parse(&self.state);
        state.ok_or_else(|| DbErr::Type("stored state of a handover is unreadable".to_owned()))
    }

    /// Puts it into a state; one that is no more at work on has no lease, and one that is over has ended.
    pub fn set(&mut self, state: HandoverState, now: DateTime<Utc>) {
        state.as_str().clone_into(&mut self.state);
        let open = matches!(state, HandoverState::Waiting | HandoverState::Sending);
        self.finished_at = (!open).then_some(now);
        if state != HandoverState::Sending {
            (self.lease_owner, self.lease_until) = (None, None);
        }
    }
}

/// Stores a new one.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Stores a changed one, which the caller holds locked, of its network.
pub async fn update(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::update(row.into_active_model().reset_all())
        .exec(db)
        .await
        .map(drop)
}

/// Providers for whom something is due, or whose call was broken off.
pub async fn providers_due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<(String, String)>, DbErr> {
    let due = Condition::any().add(is_due(now)).add(was_broken_off(now));
    Entity::find()
        .select_only()
        .columns([Column::Network, Column::ProviderId])
        .distinct()
        .filter(due)
        .limit(PROVIDERS_OF_A_TURN)
        .into_tuple()
        .all(db)
        .await
}

/// Those of a provider that a killed process was at. The caller holds the provider's system locked.
pub async fn broken_off(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    of(network, provider)
        .filter(was_broken_off(now))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Whether a call to a provider is under way.
pub async fn is_sending(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
) -> Result<bool, DbErr> {
    let sending = of(network, provider)
        .filter(Column::State.eq(HandoverState::Sending.as_str()))
        .limit(1)
        .one(db)
        .await?;
    Ok(sending.is_some())
}

/// The oldest of a provider that is due. The caller holds the provider's system locked.
pub async fn next(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    of(network, provider)
        .filter(is_due(now))
        .order_by_asc(Column::Id)
        .limit(1)
        .one(db)
        .await
}

/// Has all that a provider waits for wait until then: its system is left alone.
pub async fn postpone(
    db: &impl ConnectionTrait,
    (network, provider): (&NetworkCode, &ProviderId),
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until))
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
        .filter(Column::State.eq(HandoverState::Waiting.as_str()))
        .filter(Column::NextAttemptAt.lt(until))
        .exec(db)
        .await
        .map(drop)
}

/// One of a network.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::Network.eq(network.as_str()))
        .one(db)
        .await
}

/// The same, locked.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::Network.eq(network.as_str()))
        .lock_exclusive()
        .one(db)
        .await
}

/// Which are listed.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Only to this provider.
    pub provider: Option<ProviderId>,
    /// Only those that somebody must see to.
    pub needs_staff: bool,
    /// The page before ended there.
    pub below: Option<Uuid>,
}

/// Those of a network, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    listed: &Listed,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(provider) = &listed.provider {
        query = query.filter(Column::ProviderId.eq(provider.as_str()));
    }
    if listed.needs_staff {
        let states = HandoverState::ALL
            .iter()
            .filter(|state| state.needs_staff());
        query = query.filter(Column::State.is_in(states.map(|state| state.as_str())));
    }
    if let Some(below) = listed.below {
        query = query.filter(Column::Id.lt(below));
    }
    query.order_by_desc(Column::Id).limit(limit).all(db).await
}

fn of(network: &NetworkCode, provider: &ProviderId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ProviderId.eq(provider.as_str()))
}

fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::State.eq(HandoverState::Waiting.as_str()))
        .add(Column::NextAttemptAt.lte(now))
}

/// Whether one that was read was broken off: the same rule as the one by which it was found.
pub fn is_broken_off(row: &Model, now: DateTime<Utc>) -> bool {
    row.state == HandoverState::Sending.as_str() && row.lease_until.is_some_and(|at| at <= now)
}

fn was_broken_off(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::State.eq(HandoverState::Sending.as_str()))
        .add(Column::LeaseUntil.lte(now))
}
