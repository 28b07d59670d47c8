//! One provider has one service of a type at an access: it is held by the key of the claims, not by a look beforehand.

use kernel::AccessId;
use messaging::Work;

use super::create::Requested;
use crate::app::error::OrdersError;
use crate::app::{Desk, Orders};
use crate::domain::technical::TechnicalOrderId;
use crate::domain::technical::request::TechnicalRequest;
use crate::store::{service_claim, technical_order};

/// How often a claim is looked for again that was released between two looks: each time somebody else must have let go of it.
const ATTEMPTS: u32 = 3;

/// What stands in the way of an order.
pub(super) enum Found {
    /// Nothing.
    Free,
    /// This answer.
    Answer(Requested),
}

impl Orders {
    /// Takes the type of service at the access, or says who has it.
    pub(super) async fn claim(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        access: &AccessId,
        claim: service_claim::Model,
    ) -> Result<Found, OrdersError> {
        for _ in 0..ATTEMPTS {
            if service_claim::take(work.tx(), claim.clone()).await? {
                return Ok(Found::Free);
            }
            let service_type = &claim.service_type;
            let held = service_claim::lock(work.tx(), &desk.network, access, service_type).await?;
            if let Some(held) = held {
                return self.held(work, desk, request, access, &claim, &held).await;
            }
        }
        Err(OrdersError::ServiceTypeClaimed)
    }

    /// The type is taken.
    async fn held(
        &self,
        work: &Work,
        desk: &Desk,
        request: &TechnicalRequest,
        access: &AccessId,
        wanted: &service_claim::Model,
        held: &service_claim::Model,
    ) -> Result<Found, OrdersError> {
        let Desk { network, provider } = desk;
        if held.provider_id != provider.as_str() {
            if !request.forced_takeover || held.subscription_id.is_none() {
                return Err(OrdersError::ServiceTypeClaimed);
            }
            let before = technical_order::find_activation(
                work.tx(),
                network,
                provider,
                access,
                &wanted.service,
            );
            return Ok(match before.await? {
                Some(before) => Found::Answer(self.existing(before).await?),
                None => Found::Free,
            });
        }
        if held.service != wanted.service {
            let service_type = held.service_type.clone();
            return Err(OrdersError::ServiceTypeActive(service_type));
        }
        if held.subscription_id.is_some() {
            return Ok(Found::Answer(Requested::NothingToDo {
                operation: request.operation,
                access: Some(access.to_string()),
                service: held.service.clone(),
            }));
        }
        let order = held.order_id.map(TechnicalOrderId::from_uuid);
        let order = order.ok_or(OrdersError::TechnicalOrderNotFound)?;
        let before = technical_order::find_of_provider(work.tx(), network, provider, order).await?;
        let before = before.ok_or(OrdersError::TechnicalOrderNotFound)?;
        Ok(Found::Answer(self.existing(before).await?))
    }
}
