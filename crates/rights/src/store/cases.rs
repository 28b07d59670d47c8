//! A request with its holders' parts: loaded under a lock, changed by the rules, saved where it changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::Clock;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel as _, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{part, parts, request};
use crate::domain::advance::Stored;
use crate::domain::case::Case;
use crate::domain::progress::{HolderState, Progress};
use crate::domain::state::{RequestKind, RequestState};

/// The rows of a request beside the case that they make. Change the rows and the case, then [`Loaded::save`].
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The rules' view.
    pub case: Case,
    /// The request's row.
    pub request: request::Model,
    /// The holders' rows, by name.
    pub parts: BTreeMap<String, part::Model>,
    before: Before,
}

/// The rows as they are stored.
#[derive(Clone, Debug)]
struct Before {
    request: request::Model,
    parts: BTreeMap<String, part::Model>,
}

/// Whether the row is held until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// For a change.
    Yes,
    /// To look at it.
    No,
}

impl Loaded {
    /// A request of any network: for answers of holders, whose proof of identity is their signature.
    pub async fn by_id<C: ConnectionTrait>(
        connection: &C,
        id: Uuid,
        hold: Hold,
    ) -> Result<Option<Self>, DbErr> {
        Self::find(connection, request::Entity::find_by_id(id), hold).await
    }

    /// A request of one network.
    pub async fn in_network<C: ConnectionTrait>(
        connection: &C,
        network: &str,
        id: Uuid,
        hold: Hold,
    ) -> Result<Option<Self>, DbErr> {
        Self::find(
            connection,
            request::Entity::find_by_id(id).filter(request::Column::Network.eq(network)),
            hold,
        )
        .await
    }

    async fn find<C: ConnectionTrait>(
        connection: &C,
        mut query: sea_orm::Select<request::Entity>,
        hold: Hold,
    ) -> Result<Option<Self>, DbErr> {
        if hold == Hold::Yes {
            query = query.lock(LockType::Update);
        }
        let Some(request) = query.one(connection).await? else {
            return Ok(None);
        };
        let parts = part::Entity::find()
            .filter(part::Column::RequestId.eq(request.id))
            .order_by_asc(part::Column::Holder)
            .all(connection)
            .await?;
        restore(request, parts).map(Some)
    }

    /// A request that has just been written, without its holders' rows.
    #[must_use]
    pub fn new(case: Case, request: request::Model) -> Self {
        let before = Before {
            request: request.clone(),
            parts: BTreeMap::new(),
        };
        Self {
            case,
            request,
            parts: BTreeMap::new(),
            before,
        }
    }

    /// Writes what changed: columns of the request's row, and the parts that moved or are new.
    pub async fn save(&mut self, tx: &DatabaseTransaction, clock: &dyn Clock) -> Result<(), DbErr> {
        let now = clock.now();
        self.apply_state(now);
        update_request(tx, &self.before.request, &self.request).await?;
        for (name, progress) in self.case.holders() {
            if let Some(row) = self.parts.get_mut(name) {
                apply_progress(row, progress, now);
            } else {
                let row = parts::new(&self.request, name, progress, now, clock);
                self.parts.insert(name.to_owned(), row);
            }
        }
        let changed = self
            .parts
            .iter()
            .filter(|(name, row)| self.before.parts.get(*name) != Some(row));
        parts::write(tx, changed.map(|(_, row)| row)).await?;
        self.before = Before {
            request: self.request.clone(),
            parts: self.parts.clone(),
        };
        Ok(())
    }

    fn apply_state(&mut self, now: DateTime<Utc>) {
        let (case, row) = (&self.case, &mut self.request);
        case.state().as_str().clone_into(&mut row.state);
        row.round = small(case.round());
        row.found_round = small(case.found_round());
        row.set_closed = case.set_closed();
        row.closing = case.closing();
        row.decided_by = case.decided_by().map(ToOwned::to_owned);
        if case.closing() && row.proven_at.is_none() {
            row.proven_at = Some(now);
        }
        if !case.state().is_unfinished() {
            row.check_at = None;
        }
    }
}

fn apply_progress(row: &mut part::Model, progress: &Progress, now: DateTime<Utc>) {
    let entry = progress.entry().map(entry_column);
    let moved = row.state != progress.state().as_str() || row.round != small(progress.round());
    if moved && progress.state().is_awaited() {
        row.asked = 0;
        row.asked_at = now;
    }
    progress.state().as_str().clone_into(&mut row.state);
    row.round = small(progress.round());
    row.ledger_entry = entry;
}

/// Sets the columns that differ; nothing when none does.
macro_rules! changed {
    ($before:expr, $after:expr, [$($column:ident),* $(,)?]) => {{
        let mut active = $before.clone().into_active_model();
        $( if $before.$column != $after.$column { active.$column = Set($after.$column.clone()); } )*
        ($before != $after).then_some(active)
    }};
}

async fn update_request(
    tx: &DatabaseTransaction,
    before: &request::Model,
    after: &request::Model,
) -> Result<(), DbErr> {
    let active = changed!(
        before,
        after,
        [
            state,
            round,
            found_round,
            set_closed,
            closing,
            search_keys,
            refusal_reason,
            decided_by,
            decided_at,
            approved_by,
            approved_at,
            proven_at,
            completed_at,
            ledger_entry,
            check_at,
        ]
    );
    if let Some(active) = active {
        request::Entity::update(active)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn restore(request: request::Model, parts: Vec<part::Model>) -> Result<Loaded, DbErr> {
    let foreign = || DbErr::Custom("a request row holds an unknown state".to_owned());
    let stored = Stored {
        kind: RequestKind::restore(&request.kind).ok_or_else(foreign)?,
        state: RequestState::restore(&request.state).ok_or_else(foreign)?,
        round: count(request.round),
        found_round: count(request.found_round),
        decided_by: request.decided_by.clone(),
        set_closed: request.set_closed,
        closing: request.closing,
        holders: parts
            .iter()
            .map(|row| Some((row.holder.clone(), progress(row)?)))
            .collect::<Option<_>>()
            .ok_or_else(foreign)?,
    };
    let parts: BTreeMap<_, _> = parts
        .into_iter()
        .map(|row| (row.holder.clone(), row))
        .collect();
    let before = Before {
        request: request.clone(),
        parts: parts.clone(),
    };
    Ok(Loaded {
        case: Case::restore(stored),
        request,
        parts,
        before,
    })
}

fn progress(row: &part::Model) -> Option<Progress> {
    let entry = row.ledger_entry.map(entry_number);
    Some(Progress::restore(
        HolderState::restore(&row.state)?,
        count(row.round),
        entry,
    ))
}

/// A ledger entry's number as a column.
#[must_use]
pub fn entry_column(entry: u64) -> i64 {
    i64::try_from(entry).expect("ledger entries are far fewer than 2^63")
}

/// A ledger entry's number from a column.
#[must_use]
pub fn entry_number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

pub(super) fn small(count: u32) -> i32 {
    i32::try_from(count).expect("rounds are few")
}

fn count(column: i32) -> u32 {
    u32::try_from(column).unwrap_or(0)
}
