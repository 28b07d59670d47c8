//! The network has done what a technical order asks: the subscription, who has the place, the customer's order.

use chrono::{DateTime, Utc};
use kernel::{AccessId, NetworkCode};
use messaging::Work;
use uuid::Uuid;

use super::events::{EventKind, News};
use super::sealing::to_json;
use super::stored_access;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::OrderId;
use crate::domain::swedish_time;
use crate::domain::technical::operation::{Effect, Operation};
use crate::domain::technical::request::{Characteristics, Equipment};
use crate::domain::technical::state::TechnicalState;
use crate::domain::technical::subscription::SubscriptionState;
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};
use crate::store::{service_claim, subscription, technical_order};

impl Orders {
    /// Carries out a locked order: it is done, and so is everything that it asks, or nothing. The caller tells the news.
    pub(super) async fn carry_out(
        &self,
        work: &mut Work,
        row: &mut technical_order::Model,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        row.state()?.may_become(TechnicalState::DoneSuccess)?;
        let network =
            NetworkCode::parse(&row.network).map_err(crate::store::unreadable("network"))?;
        let desk = Desk {
            network,
            provider: row.provider()?,
        };
        if row.operation()? == Operation::Activate {
            self.begin_subscription(work, &desk, row, news).await?;
        } else {
            self.change_subscription(work, &desk, row, news).await?;
        }
        self.moved(work, row, TechnicalState::DoneSuccess, news)
            .await?;
        if let Some(order) = row.customer_order_id.map(OrderId::from_uuid) {
            self.deliver_tied(work, &desk, order).await?;
            self.queue_notice(work, &desk, order, row).await?;
        }
        Ok(())
    }

    /// Stores an order that has moved.
    pub(super) async fn moved(
        &self,
        work: &Work,
        row: &mut technical_order::Model,
        to: TechnicalState,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        to.as_str().clone_into(&mut row.state);
        row.changed_at = self.clock.now();
        row.version += 1;
        technical_order::update(work.tx(), row.clone()).await?;
        let kind = match to {
            TechnicalState::Deleted => EventKind::Deleted,
            _ => EventKind::Updated,
        };
        let state = (to != TechnicalState::Deleted).then_some(to);
        news.push(News::of_order(row, kind, state));
        Ok(())
    }

    async fn begin_subscription(
        &self,
        work: &Work,
        desk: &Desk,
        row: &mut technical_order::Model,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        let access = stored_access(row.access_id.as_deref())?;
        let access = access.ok_or(OrdersError::CustomerErased)?;
        let id = SubscriptionId::generate(self.clock.as_ref());
        self.settle_claim(work, desk, row, &access, id, news)
            .await?;
        let new = self.new_subscription(work, desk, row, id).await?;
        news.push(News::of_subscription(&new, EventKind::Created));
        subscription::insert(work.tx(), new).await?;
        row.subscription_id = Some(id.as_uuid());
        Ok(())
    }

    /// The place is the subscription's: it was the order's, or it is taken from another provider, or it has become free.
    async fn settle_claim(
        &self,
        work: &Work,
        desk: &Desk,
        row: &technical_order::Model,
        access: &AccessId,
        id: SubscriptionId,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        let claim = service_claim::Model {
            network: row.network.clone(),
            access_id: access.to_string(),
            service_type: row.service_type.clone(),
            provider_id: row.provider_id.clone(),
            service: row.service.clone(),
            order_id: None,
            subscription_id: Some(id.as_uuid()),
        };
        if service_claim::take(work.tx(), claim.clone()).await? {
            return Ok(());
        }
        let held = service_claim::lock(work.tx(), &desk.network, access, &row.service_type).await?;
        let held = held.ok_or(OrdersError::ServiceTypeClaimed)?;
        let theirs = held.provider_id != row.provider_id;
        match held.subscription_id {
            None if held.order_id == Some(row.id) => {}
            Some(other) if theirs && row.forced_takeover => {
                self.end_other(work, &desk.network, other, news).await?;
            }
            _ if theirs => return Err(OrdersError::ServiceTypeClaimed),
            _ => return Err(OrdersError::ServiceTypeActive(held.service_type)),
        }
        Ok(service_claim::update(work.tx(), claim).await?)
    }

    /// Another provider's subscription ends because this one takes the service over; that provider is told.
    async fn end_other(
        &self,
        work: &Work,
        network: &NetworkCode,
        id: Uuid,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        let other = subscription::lock(work.tx(), network, SubscriptionId::from_uuid(id)).await?;
        if let Some(mut other) = other {
            end(&mut other, self.clock.now());
            news.push(News::of_subscription(&other, EventKind::Deleted));
            subscription::update(work.tx(), other).await?;
        }
        Ok(())
    }

    async fn new_subscription(
        &self,
        work: &Work,
        desk: &Desk,
        row: &technical_order::Model,
        id: SubscriptionId,
    ) -> Result<subscription::Model, OrdersError> {
        let opened = self.open_orders(vec![row.clone()]).await?.remove(0);
        let details = (opened.characteristics, opened.equipment);
        let sealed = self
            .seal_details(work, desk, row.subject_id, id, details)
            .await?;
        let (subject_id, [characteristics, equipment]) = sealed;
        let now = self.clock.now();
        Ok(subscription::Model {
            id: id.as_uuid(),
            network: row.network.clone(),
            provider_id: row.provider_id.clone(),
            subject_id,
            customer_order_id: row.customer_order_id,
            service: row.service.clone(),
            service_type: row.service_type.clone(),
            state: SubscriptionState::Activated.as_str().to_owned(),
            connection_date: swedish_time::day(now).to_string(),
            disconnection_date: None,
            changed_at: now,
            access_id: row.access_id.clone(),
            sp_reference: row.sp_reference.clone(),
            sp_subscription_id: row.sp_subscription_id.clone(),
            characteristics,
            equipment,
        })
    }

    async fn seal_details(
        &self,
        work: &Work,
        desk: &Desk,
        subject: Option<Uuid>,
        id: SubscriptionId,
        (characteristics, equipment): (Option<Characteristics>, Vec<Equipment>),
    ) -> Result<(Option<Uuid>, [Option<Vec<u8>>; 2]), OrdersError> {
        let equipment = Some(equipment).filter(|equipment| !equipment.is_empty());
        let columns = [
            ("characteristics", characteristics.as_ref().map(to_json)),
            ("equipment", equipment.as_ref().map(to_json)),
        ];
        let place = (subscription::TABLE, id.as_uuid());
        let sealed = self
            .seal_row(work, &desk.network, subject, place, &columns)
            .await?;
        Ok((sealed.subject, sealed.values))
    }

    async fn change_subscription(
        &self,
        work: &Work,
        desk: &Desk,
        row: &technical_order::Model,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        let id = row.subscription_id.map(SubscriptionId::from_uuid);
        let id = id.ok_or(OrdersError::SubscriptionNotFound)?;
        let Desk { network, provider } = desk;
        let found = subscription::lock_of_provider(work.tx(), network, provider, id).await?;
        let mut found = found.ok_or(OrdersError::SubscriptionNotFound)?;
        let now = self.clock.now();
        let kind = match row.operation()?.effect(found.state()?) {
            Effect::Refused => return Err(OrdersError::SubscriptionEnded),
            // Somebody was faster, or it took too long: it is so already.
            Effect::Nothing => return Ok(()),
            Effect::Becomes(SubscriptionState::Ended) => {
                end(&mut found, now);
                service_claim::release_subscription(work.tx(), network, id).await?;
                EventKind::Deleted
            }
            Effect::Becomes(state) => {
                state.as_str().clone_into(&mut found.state);
                found.changed_at = now;
                EventKind::Updated
            }
        };
        match row.operation()? {
            Operation::Modify => self.modify(work, desk, row, &mut found).await?,
            Operation::Change => self.swap(work, desk, row, &mut found).await?,
            _ => {}
        }
        news.push(News::of_subscription(&found, kind));
        Ok(subscription::update(work.tx(), found).await?)
    }

    /// MODIFY changes what it names.
    async fn modify(
        &self,
        work: &Work,
        desk: &Desk,
        row: &technical_order::Model,
        found: &mut subscription::Model,
    ) -> Result<(), OrdersError> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(reference) = filled(&row.sp_reference) {
            found.sp_reference = Some(reference);
        }
        if let Some(id) = filled(&row.sp_subscription_id) {
            found.sp_subscription_id = Some(id);
        }
        let opened = self.open_orders(vec![row.clone()]).await?.remove(0);
        let before = self
            .open_subscriptions(vec![found.clone()])
            .await?
            .remove(0);
        let details = (
            opened.characteristics.or(before.characteristics),
            Some(opened.equipment)
                .filter(|equipment| !equipment.is_empty())
                .unwrap_or(before.equipment),
        );
        let id = SubscriptionId::from_uuid(found.id);
        let sealed = self
            .seal_details(work, desk, found.subject_id, id, details)
            .await?;
        found.subject_id = sealed.0;
        [found.characteristics, found.equipment] = sealed.1;
        Ok(())
    }

    /// CHANGE to another service; of another type it has taken the place when it was ordered.
    async fn swap(
        &self,
        work: &Work,
        desk: &Desk,
        row: &technical_order::Model,
        found: &mut subscription::Model,
    ) -> Result<(), OrdersError> {
        let access = self.access_of(work.tx(), desk, found).await?;
        let access = access.ok_or(OrdersError::CustomerErased)?;
        let network = &desk.network;
        let id = SubscriptionId::from_uuid(found.id);
        if row.service_type != found.service_type {
            service_claim::release_subscription(work.tx(), network, id).await?;
        }
        let held = service_claim::lock(work.tx(), network, &access, &row.service_type).await?;
        let held = held.ok_or(OrdersError::SubscriptionEnded)?;
        let ours = held.order_id == Some(row.id) || held.subscription_id == Some(found.id);
        if !ours {
            return Err(OrdersError::ServiceTypeClaimed);
        }
        let claim = service_claim::Model {
            service: row.service.clone(),
            order_id: None,
            subscription_id: Some(found.id),
            ..held
        };
        service_claim::update(work.tx(), claim).await?;
        row.service.clone_into(&mut found.service);
        row.service_type.clone_into(&mut found.service_type);
        Ok(())
    }

    /// An order is done without success: what it had taken is free again. The message is sealed under its customer's key.
    pub(super) async fn fail(
        &self,
        work: &Work,
        network: &NetworkCode,
        row: &mut technical_order::Model,
        message: &str,
        news: &mut Vec<News>,
    ) -> Result<(), OrdersError> {
        row.state()?.may_become(TechnicalState::DoneFailed)?;
        let id = TechnicalOrderId::from_uuid(row.id);
        service_claim::release_order(work.tx(), network, id).await?;
        let place = (technical_order::TABLE, row.id);
        let columns = [("message", Some(message.to_owned()))];
        let sealed = self
            .seal_row(work, network, row.subject_id, place, &columns)
            .await?;
        row.subject_id = sealed.subject;
        [row.message] = sealed.values;
        self.moved(work, row, TechnicalState::DoneFailed, news)
            .await
    }
}

fn end(row: &mut subscription::Model, now: DateTime<Utc>) {
    SubscriptionState::Ended.as_str().clone_into(&mut row.state);
    row.disconnection_date = Some(swedish_time::day(now).to_string());
    row.changed_at = now;
}
