//! A provider changes a technical order of its own, or takes it back, while it is RECEIVED.

use super::create::sealed_columns;
use super::events::{EventKind, News};
use super::reading::OpenedOrder;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::TechnicalOrderId;
use crate::domain::technical::operation::Operation;
use crate::domain::technical::request::{Subject, TechnicalInput, TechnicalRequest};
use crate::domain::technical::state::TechnicalState;
use crate::store::{service_claim, technical_order};

impl Orders {
    /// Puts the whole order anew. Of what it is stays: another access, service, subscription or operation is another order.
    ///
    /// # Errors
    /// There is no such order of this provider, it is not RECEIVED, not at this version, or breaks rules.
    pub async fn change_technical_order(
        &self,
        desk: &Desk,
        id: TechnicalOrderId,
        input: TechnicalInput,
        version: Option<i64>,
    ) -> Result<OpenedOrder, OrdersError> {
        let request = TechnicalRequest::parse(input).map_err(OrdersError::Invalid)?;
        let work = self.outbox.begin().await?;
        let mut row = self.lock_received(&work, desk, id).await?;
        if version.is_some_and(|version| version != row.version) {
            return Err(OrdersError::VersionChanged);
        }
        check_same(&request, &row)?;
        if request.forced_takeover != row.forced_takeover {
            let rule = "as it was: delete the order and make another";
            return Err(OrdersError::invalid("forcedTakeover", rule));
        }
        let place = (technical_order::TABLE, row.id);
        let columns = sealed_columns(&request);
        let sealed = self
            .seal_row(&work, &desk.network, row.subject_id, place, &columns)
            .await?;
        row.subject_id = sealed.subject;
        [row.external_note, row.characteristics, row.equipment] = sealed.values;
        row.sp_reference = request.sp_reference;
        row.sp_subscription_id = request.sp_subscription_id;
        // One that waited for a time and shall not any more is due now.
        let now = row.requested_at.map(|_| self.clock.now());
        row.requested_at = request.requested_at.or(now);
        row.changed_at = self.clock.now();
        row.version += 1;
        technical_order::update(work.tx(), row.clone()).await?;
        let news = vec![News::of_order(&row, EventKind::Updated, None)];
        self.tell(&work, &desk.network, news).await?;
        work.commit().await?;
        Ok(self.open_orders(vec![row]).await?.remove(0))
    }

    /// Takes an order back: nobody finds it any more, and the place is free.
    ///
    /// # Errors
    /// There is no such order of this provider, or it is not RECEIVED.
    pub async fn delete_technical_order(
        &self,
        desk: &Desk,
        id: TechnicalOrderId,
    ) -> Result<(), OrdersError> {
        let work = self.outbox.begin().await?;
        let mut row = self.lock_received(&work, desk, id).await?;
        service_claim::release_order(work.tx(), &desk.network, id).await?;
        let mut news = Vec::new();
        self.moved(&work, &mut row, TechnicalState::Deleted, &mut news)
            .await?;
        self.tell(&work, &desk.network, news).await?;
        Ok(work.commit().await?)
    }

    async fn lock_received(
        &self,
        work: &messaging::Work,
        desk: &Desk,
        id: TechnicalOrderId,
    ) -> Result<technical_order::Model, OrdersError> {
        let row = self.lock_own_technical(work, desk, id).await?;
        if row.state()?.may_be_changed() {
            Ok(row)
        } else {
            Err(OrdersError::NotReceived)
        }
    }
}

/// Of what the order is has not changed.
fn check_same(request: &TechnicalRequest, row: &technical_order::Model) -> Result<(), OrdersError> {
    let rule = "as it was: delete the order and make another";
    if request.operation != row.operation()? {
        return Err(OrdersError::invalid("operation", rule));
    }
    if let Subject::Subscription(id) = request.subject
        && Some(id.as_uuid()) != row.subscription_id
    {
        return Err(OrdersError::invalid("subscriptionId", rule));
    }
    let access = request.access.as_ref().map(kernel::AccessId::as_str);
    if access.is_some_and(|access| row.access_id.as_deref() != Some(access)) {
        return Err(OrdersError::invalid("accessId", rule));
    }
    let service = request.service.as_deref();
    if service.is_some_and(|service| row.service != service) {
        return Err(OrdersError::invalid("service", rule));
    }
    debug_assert!(row.operation()? != Operation::Activate || row.subscription_id.is_none());
    Ok(())
}
