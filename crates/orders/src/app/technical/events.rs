//! What providers are told of their technical orders and subscriptions.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use messaging::Work;
use uuid::Uuid;

use crate::app::error::OrdersError;
use crate::app::paging::cut;
use crate::app::{Desk, Orders};
use crate::domain::technical::SubscriptionId;
use crate::domain::technical::state::TechnicalState;
use crate::domain::webhook::WebhookKind;
use crate::store::technical_event::{self, ORDER, SUBSCRIPTION};
use crate::store::{service_claim, subscription, technical_order};

/// Events of one answer at most.
pub const EVENTS_MAX: u64 = 1_000;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is new.
    Created,
    /// It is different.
    Updated,
    /// It is gone.
    Deleted,
}

/// Something to tell one provider. It is told at the end of the transaction, because telling takes a lock.
#[derive(Clone, Debug)]
pub(super) struct News {
    provider: String,
    object_type: &'static str,
    object_id: Uuid,
    kind: EventKind,
    state: Option<TechnicalState>,
}

/// An event, with what it was about as far as that is still known.
#[derive(Clone, Debug)]
pub struct ToldEvent {
    /// As it is stored.
    pub row: technical_event::Model,
    /// See [`EventKind`].
    pub kind: EventKind,
    /// The order, also a deleted one.
    pub order: Option<super::reading::OpenedOrder>,
    /// Where; none when the customer is erased.
    pub access: Option<String>,
}

/// Events, and up to when they are complete.
#[derive(Clone, Debug)]
pub struct ToldEvents {
    /// The oldest first.
    pub events: Vec<ToldEvent>,
    /// There are more.
    pub more: bool,
    /// Everything before this second has been told when there are no more.
    pub complete_before: DateTime<Utc>,
}

/// Which events are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventsAsked {
    /// At this time or later.
    pub since: Option<DateTime<Utc>>,
    /// After this event.
    pub after: Option<Uuid>,
    /// Only of orders, and only of their states.
    pub order_states_only: bool,
    /// How many.
    pub size: u64,
}

impl EventKind {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all = [Self::Created, Self::Updated, Self::Deleted];
        all.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl News {
    /// Of an order; `state` when it is about its state.
    pub(super) fn of_order(
        row: &technical_order::Model,
        kind: EventKind,
        state: Option<TechnicalState>,
    ) -> Self {
        Self {
            provider: row.provider_id.clone(),
            object_type: ORDER,
            object_id: row.id,
            kind,
            state,
        }
    }

    fn webhook_kind(&self) -> WebhookKind {
        if self.object_type == ORDER {
            WebhookKind::TechnicalOrderChanged
        } else {
            WebhookKind::SubscriptionChanged
        }
    }

    pub(super) fn of_subscription(row: &subscription::Model, kind: EventKind) -> Self {
        Self {
            provider: row.provider_id.clone(),
            object_type: SUBSCRIPTION,
            object_id: row.id,
            kind,
            state: None,
        }
    }
}

impl Orders {
    /// Tells it, provider by provider in the same order everywhere: two who take over from each other must not wait for each
    /// other's lock.
    pub(super) async fn tell(
        &self,
        work: &Work,
        network: &NetworkCode,
        mut news: Vec<News>,
    ) -> Result<(), OrdersError> {
        news.sort_by(|a, b| a.provider.cmp(&b.provider));
        for told in news {
            let position =
                technical_event::next_position(work.tx(), network.as_str(), &told.provider).await?;
            let row = technical_event::Model {
                id: kernel::new_id(self.clock.as_ref()),
                network: network.to_string(),
                provider_id: told.provider.clone(),
                position,
                // After the lock: times grow with the places.
                at: self.clock.now(),
                object_type: told.object_type.to_owned(),
                object_id: told.object_id,
                kind: told.kind.as_str().to_owned(),
                state: told.state.map(|state| state.as_str().to_owned()),
            };
            let whose = ProviderId::parse(&row.provider_id);
            let whose = whose.map_err(crate::store::unreadable("provider_id"))?;
            let kind = told.webhook_kind();
            technical_event::insert(work.tx(), row).await?;
            self.tell_webhooks(work, (network, &whose), kind, told.object_id)
                .await?;
        }
        Ok(())
    }

    /// A provider's events before the second that is not over. Whoever writes one now is waited for: nothing appears later in a
    /// second that was declared complete.
    ///
    /// # Errors
    /// [`OrdersError::CursorExpired`] when `after` is no event of this provider, or not any more, when `since` is from before
    /// what is kept or from before a restore, and when the restore is noticed now; the database or the key store fails.
    pub async fn list_technical_events(
        &self,
        desk: &Desk,
        asked: EventsAsked,
    ) -> Result<ToldEvents, OrdersError> {
        let Desk { network, provider } = desk;
        let (marked, epoch) = self.technical_mark(desk).await?;
        self.check_since(&asked, epoch)?;
        let work = self.outbox.begin().await?;
        technical_event::wait_for_writers(work.tx(), network, provider).await?;
        let last = technical_event::last_position(work.tx(), network, provider).await?;
        let told_before = (marked, epoch);
        let epoch = self
            .check_technical_feed(desk, &asked, told_before, last)
            .await?;
        let second = self.this_second();
        let after = match asked.after {
            None => 0,
            Some(id) => technical_event::position_of(work.tx(), network, provider, id)
                .await?
                .ok_or(OrdersError::CursorExpired)?,
        };
        let size = asked.size.clamp(1, EVENTS_MAX);
        let filter = technical_event::Filter {
            since: asked.since,
            after,
            before: second,
            order_states_only: asked.order_states_only,
        };
        let rows = technical_event::list(work.tx(), network, provider, &filter, size + 1).await?;
        let (rows, more) = cut(rows, size);
        let events = self.told(&work, desk, rows).await?;
        work.rollback().await?;
        let told = events.last().map(|event| event.row.position);
        self.note_technical(desk, epoch, told).await?;
        Ok(ToldEvents {
            events,
            more,
            complete_before: second,
        })
    }

    /// With what they are about.
    async fn told(
        &self,
        work: &Work,
        desk: &Desk,
        rows: Vec<technical_event::Model>,
    ) -> Result<Vec<ToldEvent>, OrdersError> {
        let Desk { network, provider } = desk;
        let ids = |kind: &str| -> Vec<Uuid> {
            let of_kind = rows.iter().filter(|row| row.object_type == kind);
            of_kind.map(|row| row.object_id).collect()
        };
        let orders = technical_order::of_ids(work.tx(), network, provider, ids(ORDER)).await?;
        let orders = self.open_messages_of(orders).await?;
        let subscriptions = ids(SUBSCRIPTION);
        let known =
            subscription::of_ids(work.tx(), network, provider, subscriptions.clone()).await?;
        let claims = service_claim::of_subscriptions(work.tx(), network, subscriptions).await?;
        let access_of = |id: Uuid| {
            let stored = known.iter().find(|row| row.id == id);
            let stored = stored.and_then(|row| row.access_id.clone());
            let claimed = claims
                .iter()
                .find(|claim| claim.subscription_id == Some(id));
            stored
                .filter(|access| !access.is_empty())
                .or_else(|| claimed.map(|claim| claim.access_id.clone()))
        };
        let told = |row: technical_event::Model| {
            let order = orders.iter().find(|order| order.row.id == row.object_id);
            let access = match order {
                Some(order) => order.row.access_id.clone(),
                None => access_of(row.object_id),
            };
            Some(ToldEvent {
                kind: EventKind::parse(&row.kind)?,
                order: order.cloned(),
                access: access.filter(|access| !access.is_empty()),
                row,
            })
        };
        Ok(rows.into_iter().filter_map(told).collect())
    }
}

/// The id of a subscription that an event is about; none of an order's.
pub fn subscription_of(event: &technical_event::Model) -> Option<SubscriptionId> {
    (event.object_type == SUBSCRIPTION).then(|| SubscriptionId::from_uuid(event.object_id))
}
