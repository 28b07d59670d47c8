//! A holder says that it is there: it takes part in every unfinished request. One that was restored gives its proofs anew.

use api::privacy as pb;
use chrono::{DateTime, Utc};
use messaging::{Envelope, HandlerError, Work};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::Rights;
use crate::domain::progress::HolderState;
use crate::domain::state::RequestState;
use crate::store::cases::{Hold, Loaded, entry_column};
use crate::store::{holder, holders, part, request};

/// Requests that a newcomer joins in the transaction of its announcement; the sweep does the rest.
const JOIN_MAX: u64 = 200;

impl Rights {
    /// Takes an announcement.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_announcement(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let answer = self.open::<pb::HolderAnnounced>(envelope, "holder.announced.v1")?;
        let said = answer.said;
        if said.holder != answer.signer {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "an announcement of another holder"
            )));
        }
        self.write_holder(work, &said).await?;
        if said.restored {
            self.void(work, &said.holder, envelope.occurred_at).await?;
        }
        self.join(work, &said.holder).await?;
        Ok(())
    }

    async fn write_holder(&self, work: &Work, said: &pb::HolderAnnounced) -> Result<(), DbErr> {
        let now = self.clock.now();
        let Some(row) = holders::by_name(work.tx(), &said.holder).await? else {
            let row = holder::ActiveModel {
                id: Set(kernel::new_id(self.clock.as_ref())),
                name: Set(said.holder.clone()),
                version: Set(said.version.clone()),
                data_map: Set(said.data_map.clone()),
                position: Set(entry_column(said.ledger_position)),
                announced: Set(true),
                announced_at: Set(now),
                seen_at: Set(now),
                retired_at: Set(None),
                retired_by: Set(None),
                retired_why: Set(String::new()),
                retired_entry: Set(None),
            };
            holder::Entity::insert(row)
                .exec_without_returning(work.tx())
                .await?;
            tracing::info!(
                holder = said.holder,
                "a new holder of personal data announced itself"
            );
            return Ok(());
        };
        if row.retired_at.is_some() {
            tracing::warn!(
                holder = said.holder,
                "a retired holder announced itself and takes part again"
            );
        }
        let announced_at = if row.announced { row.announced_at } else { now };
        let mut active = row.into_active_model();
        active.version = Set(said.version.clone());
        active.data_map = Set(said.data_map.clone());
        active.position = Set(entry_column(said.ledger_position));
        active.announced = Set(true);
        active.announced_at = Set(announced_at);
        active.seen_at = Set(now);
        active.retired_at = Set(None);
        holder::Entity::update(active).exec(work.tx()).await?;
        Ok(())
    }

    /// What the holder said before is void; it is asked and ordered again, and only what it says from now on counts.
    async fn void(
        &self,
        work: &mut Work,
        holder: &str,
        since: DateTime<Utc>,
    ) -> Result<(), HandlerError> {
        tracing::warn!(
            holder,
            "a holder's database was restored: its answers to unfinished requests are void"
        );
        let answered = [
            HolderState::Discovered,
            HolderState::Ordered,
            HolderState::Proven,
            HolderState::Void,
        ];
        let parts = part::Entity::find()
            .filter(part::Column::Holder.eq(holder))
            .filter(part::Column::State.is_in(answered.map(HolderState::as_str)))
            .filter(part::Column::RequestId.in_subquery(unfinished()))
            .order_by_asc(part::Column::RequestId)
            .all(work.tx())
            .await?;
        for row in parts {
            let Some(mut loaded) = Loaded::by_id(work.tx(), row.request_id, Hold::Yes).await?
            else {
                continue;
            };
            let effects = loaded.case.restored(holder);
            if let Some(row) = loaded.parts.get_mut(holder).filter(|_| !effects.is_empty()) {
                row.void_since = Some(since);
            }
            loaded.save(work.tx(), self.clock.as_ref()).await?;
            self.say(work, &loaded, &effects);
        }
        Ok(())
    }

    /// A holder takes part in the unfinished requests that lack it.
    pub(crate) async fn join(&self, work: &mut Work, holder: &str) -> Result<(), DbErr> {
        for id in lacking(work.tx(), holder).await? {
            let Some(mut loaded) = Loaded::by_id(work.tx(), id, Hold::Yes).await? else {
                continue;
            };
            let effects = loaded.case.join(holder);
            loaded.save(work.tx(), self.clock.as_ref()).await?;
            self.say(work, &loaded, &effects);
        }
        Ok(())
    }
}

/// Unfinished requests whose set is open and does not name the holder.
pub(crate) async fn lacking<C: ConnectionTrait>(
    connection: &C,
    holder: &str,
) -> Result<Vec<Uuid>, DbErr> {
    let named = part::Entity::find()
        .filter(part::Column::Holder.eq(holder))
        .filter(part::Column::State.ne(HolderState::Retired.as_str()))
        .select_only()
        .column(part::Column::RequestId);
    request::Entity::find()
        .select_only()
        .column(request::Column::Id)
        .filter(request::Column::State.is_in(RequestState::UNFINISHED.map(RequestState::as_str)))
        .filter(request::Column::SetClosed.eq(false))
        .filter(request::Column::Id.not_in_subquery(sea_orm::QueryTrait::into_query(named)))
        .order_by_asc(request::Column::Id)
        .limit(JOIN_MAX)
        .into_tuple()
        .all(connection)
        .await
}

/// The ids of unfinished requests.
pub(crate) fn unfinished() -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(request::Column::Id)
        .from(request::Entity)
        .and_where(request::Column::State.is_in(RequestState::UNFINISHED.map(RequestState::as_str)))
        .to_owned()
}
