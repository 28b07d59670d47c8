//! Orders about a subscription that there is: everything but ACTIVATE.

use kernel::AccessId;
use messaging::Work;
use sea_orm::ConnectionTrait;

use super::claiming::Found;
use super::create::{About, Requested};
use super::stored_access;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::operation::{Effect, Operation};
use crate::domain::technical::request::{Subject, TechnicalRequest};
use crate::domain::technical::{SubscriptionId, TechnicalOrderId};
use crate::store::{service_claim, subscription, technical_order};

impl Orders {
    /// Everything but ACTIVATE.
    pub(super) async fn order_of_subscription(
        &self,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<Requested, OrdersError> {
        self.check_wanted(desk, request, subject).await?;
        let mut work = self.outbox.begin().await?;
        let Some(row) = self
            .subscription_meant(&work, desk, request, subject)
            .await?
        else {
            work.rollback().await?;
            return Ok(Requested::NothingToDo {
                operation: request.operation,
                access: request.access.as_ref().map(ToString::to_string),
                service: request.service.clone().unwrap_or_default(),
            });
        };
        let id = SubscriptionId::from_uuid(row.id);
        let access = self.access_of(work.tx(), desk, &row).await?;
        check_named(request, access.as_ref(), &row.service)?;
        let wanted = match &request.service {
            Some(wanted) if request.operation == Operation::Change => wanted.clone(),
            _ => row.service.clone(),
        };
        let changes_nothing = request.operation == Operation::Change && wanted == row.service;
        match request.operation.effect(row.state()?) {
            Effect::Refused => return Err(OrdersError::SubscriptionEnded),
            Effect::Becomes(_) if !changes_nothing => {}
            Effect::Becomes(_) | Effect::Nothing => {
                work.rollback().await?;
                return Ok(Requested::NothingToDo {
                    operation: request.operation,
                    access: access.map(|access| access.to_string()),
                    service: row.service,
                });
            }
        }
        let Desk { network, provider } = desk;
        let unfinished =
            technical_order::find_unfinished(work.tx(), network, provider, id, request.operation);
        if let Some(before) = unfinished.await? {
            let answer = self.existing(before).await?;
            work.rollback().await?;
            return Ok(answer);
        }
        let order = TechnicalOrderId::generate(self.clock.as_ref());
        let rule = self.technical_rules(network).service(&wanted);
        if request.operation == Operation::Change {
            let access = access.as_ref().ok_or(OrdersError::CustomerErased)?;
            if rule.service_type != row.service_type {
                let claim = service_claim::Model {
                    network: network.to_string(),
                    access_id: access.to_string(),
                    service_type: rule.service_type.clone(),
                    provider_id: provider.to_string(),
                    service: wanted.clone(),
                    order_id: Some(order.as_uuid()),
                    subscription_id: None,
                };
                if let Found::Answer(_) = self.claim(&work, desk, request, access, claim).await? {
                    return Err(OrdersError::ServiceTypeActive(rule.service_type));
                }
            }
        }
        let about = About {
            access,
            service: wanted,
            service_type: rule.service_type,
            subscription: Some(row.id),
            subject: row.subject_id,
            customer_order: None,
        };
        let placed = self
            .place_technical(&mut work, desk, order, request, about)
            .await?;
        work.commit().await?;
        Ok(placed)
    }

    /// Whether the service that a CHANGE wants can be had where its subscription is: asked before anything is locked.
    async fn check_wanted(
        &self,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<(), OrdersError> {
        let (Operation::Change, Some(wanted), Subject::Subscription(id)) =
            (request.operation, &request.service, subject)
        else {
            return Ok(());
        };
        let reader = self.outbox.database().reader();
        let Desk { network, provider } = desk;
        let row = subscription::find_of_provider(&reader, network, provider, *id).await?;
        let row = row.ok_or(OrdersError::SubscriptionNotFound)?;
        match self.access_of(&reader, desk, &row).await? {
            Some(access) => self.check_service(desk, &access, wanted).await,
            None => Err(OrdersError::SubscriptionEnded),
        }
    }

    /// The own subscription that a request is about, locked. None: by its access and service there is none, so that it is inactive
    /// for this provider.
    async fn subscription_meant(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        subject: &Subject,
    ) -> Result<Option<subscription::Model>, OrdersError> {
        let Desk { network, provider } = desk;
        let id = match subject {
            Subject::Subscription(id) => *id,
            Subject::Place { access, service } => {
                let held = service_claim::find_service(work.tx(), network, access, service).await?;
                let held = held.filter(|held| held.provider_id == provider.as_str());
                match held.and_then(|held| held.subscription_id) {
                    Some(id) => SubscriptionId::from_uuid(id),
                    None if request.operation == Operation::Deactivate => return Ok(None),
                    None => return Err(OrdersError::SubscriptionNotFound),
                }
            }
        };
        let found = subscription::lock_of_provider(work.tx(), network, provider, id).await?;
        found.map(Some).ok_or(OrdersError::SubscriptionNotFound)
    }

    /// Where a subscription is: its claim knows also when the customer has been erased.
    pub(super) async fn access_of(
        &self,
        db: &impl ConnectionTrait,
        desk: &Desk,
        row: &subscription::Model,
    ) -> Result<Option<AccessId>, OrdersError> {
        if let Some(access) = stored_access(row.access_id.as_deref())? {
            return Ok(Some(access));
        }
        let claims = service_claim::of_subscriptions(db, &desk.network, vec![row.id]).await?;
        let claimed = claims.first().map(|claim| claim.access_id.as_str());
        Ok(stored_access(claimed)?)
    }
}

/// What is named beside the subscription must be the subscription's.
fn check_named(
    request: &TechnicalRequest,
    access: Option<&AccessId>,
    service: &str,
) -> Result<(), OrdersError> {
    let rule = "the subscription's, or absent";
    if request
        .access
        .as_ref()
        .is_some_and(|named| Some(named) != access)
    {
        return Err(OrdersError::invalid("accessId", rule));
    }
    let named = request.service.as_deref();
    if request.operation != Operation::Change && named.is_some_and(|named| named != service) {
        return Err(OrdersError::invalid("service", rule));
    }
    Ok(())
}
