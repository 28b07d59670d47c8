//! Messages that were given up: see them, put them back in the queue, or drop them. Whoever does it says who they are and why.
//!
//! Works on the database alone, so also from a command line beside the running service, which takes a replayed message up
//! within a second. The payload is never shown: what it is (`event_type`) and how big, not what is in it.

mod resolve;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, QueryOrder as _, QuerySelect as _, QueryTrait as _};
use service_kit::database::Database;
use uuid::Uuid;

use crate::store::dead_letter::{Column, DROPPED, Entity, Model, OPEN, REPLAYED};

pub use resolve::{By, Outcome, Rehearsal, ResolveError, drop, replay};

/// A page has at most this many.
pub const PAGE: u64 = 200;

/// What has become of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has dealt with it.
    Open,
    /// It was put back in the queue.
    Replayed,
    /// It was given up for good.
    Dropped,
}

impl State {
    fn label(self) -> &'static str {
        match self {
            Self::Open => OPEN,
            Self::Replayed => REPLAYED,
            Self::Dropped => DROPPED,
        }
    }

    fn of(label: &str) -> Self {
        match label {
            REPLAYED => Self::Replayed,
            DROPPED => Self::Dropped,
            _ => Self::Open,
        }
    }
}

/// Which dead letters; without a condition, all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this network.
    pub network: Option<String>,
    /// Of this type: "orders.order.placed.v1".
    pub event_type: Option<String>,
    /// Given up for this reason: "failed", "exhausted", "malformed", "delivery_limit".
    pub reason: Option<String>,
    /// Given up at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Given up before this time.
    pub until: Option<DateTime<Utc>>,
}

/// Which ones are meant.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These.
    Ids(Vec<Uuid>),
    /// Every one that is open and matches.
    Group(Filter),
}

/// One dead letter, without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id; sorts by time.
    pub id: Uuid,
    /// The service that gave it up.
    pub consumer: String,
    /// The message.
    pub message_id: Uuid,
    /// What it is.
    pub event_type: String,
    /// Where it came from.
    pub source: String,
    /// The aggregate.
    pub partition_key: String,
    /// The network; "" when none.
    pub network: String,
    /// When the fact became one.
    pub occurred_at: DateTime<Utc>,
    /// The chain of messages that it belongs to.
    pub correlation_id: Uuid,
    /// Why it was given up, for groups.
    pub reason: String,
    /// Why it was given up, for people.
    pub error: String,
    /// How often the handler was called; 0 when the broker counted.
    pub attempts: u32,
    /// When it first came.
    pub first_received_at: DateTime<Utc>,
    /// When it was given up.
    pub failed_at: DateTime<Utc>,
    /// How big the payload is; 0 after a drop.
    pub payload_bytes: usize,
    /// What has become of it.
    pub state: State,
    /// When, who, why it was resolved.
    pub resolution: Option<Resolution>,
}

/// Who resolved a dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as kind and id: "staff:…".
    pub by: String,
    /// Why, in their words.
    pub why: String,
}

/// Some dead letters, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// At most [`PAGE`].
    pub items: Vec<DeadLetter>,
    /// Give this as `before` for what follows; `None` at the end.
    pub next: Option<Uuid>,
}

/// Lists them, newest first, from before the one that is named.
pub async fn list(
    database: &Database,
    filter: &Filter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page, DbErr> {
    let limit = limit.clamp(1, PAGE);
    let mut query = matching(filter).order_by_desc(Column::Id).limit(limit + 1);
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    let mut items: Vec<DeadLetter> = query
        .all(&database.reader())
        .await?
        .into_iter()
        .map(shown)
        .collect();
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| last.id);
    Ok(Page { items, next })
}

/// Shows one.
pub async fn show(database: &Database, id: Uuid) -> Result<Option<DeadLetter>, DbErr> {
    Ok(Entity::find_by_id(id)
        .one(&database.reader())
        .await?
        .map(shown))
}

fn matching(filter: &Filter) -> sea_orm::Select<Entity> {
    Entity::find()
        .apply_if(filter.state, |query, state| {
            query.filter(Column::State.eq(state.label()))
        })
        .apply_if(filter.network.as_ref(), |query, network| {
            query.filter(Column::Network.eq(network))
        })
        .apply_if(filter.event_type.as_ref(), |query, event_type| {
            query.filter(Column::EventType.eq(event_type))
        })
        .apply_if(filter.reason.as_ref(), |query, reason| {
            query.filter(Column::Reason.eq(reason))
        })
        .apply_if(filter.since, |query, since| {
            query.filter(Column::FailedAt.gte(since))
        })
        .apply_if(filter.until, |query, until| {
            query.filter(Column::FailedAt.lt(until))
        })
}

fn shown(row: Model) -> DeadLetter {
    let resolution = row.resolved_at.map(|at| Resolution {
        at,
        by: row.resolved_by.unwrap_or_default(),
        why: row.resolved_why.unwrap_or_default(),
    });
    DeadLetter {
        id: row.id,
        consumer: row.consumer,
        message_id: row.message_id,
        event_type: row.event_type,
        source: row.source,
        partition_key: row.partition_key,
        network: row.network,
        occurred_at: row.occurred_at,
        correlation_id: row.correlation_id,
        reason: row.reason,
        error: row.error,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        first_received_at: row.first_received_at,
        failed_at: row.failed_at,
        payload_bytes: row.payload.len(),
        state: State::of(&row.state),
        resolution,
    }
}
