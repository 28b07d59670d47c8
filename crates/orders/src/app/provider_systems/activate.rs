//! The network activates by itself what a customer has ordered, for a provider that does not order it of the network; and tells
//! the provider so (ON-API 2.6, spec_sp/ordernotice).

use kernel::NetworkCode;
use messaging::Work;

use crate::app::error::OrdersError;
use crate::app::technical::create::Requested;
use crate::app::{Desk, Orders};
use crate::domain::order::Order;
use crate::domain::provider_system::Function;
use crate::domain::provider_system::handover::HandoverKind;
use crate::domain::technical::operation::Operation;
use crate::domain::technical::request::TechnicalInput;
use crate::domain::{OfferingId, OrderId};
use crate::store::{handover, offering, order, provider_system, technical_order};

impl Orders {
    /// Places the provider's technical order of a customer's order for it; the technical order's id. It is carried out as every
    /// other one of the network. One that is under way already is the answer.
    ///
    /// # Errors
    /// There is no such order, or it is over; the provider may not have the service there, or has it already; its system cannot
    /// be told, and would never learn of it; the registry or the database fails.
    pub async fn activate_for_provider(
        &self,
        network: &NetworkCode,
        id: OrderId,
    ) -> Result<String, OrdersError> {
        let reader = self.outbox.database().reader();
        let found = order::find(&reader, network, id).await?;
        let order = found.ok_or(OrdersError::OrderNotFound)?.to_domain()?;
        let state = order.state();
        if state.status.is_end() {
            return Err(OrdersError::OrderMoved);
        }
        let access = state.access.as_ref().ok_or(OrdersError::CustomerErased)?;
        let desk = desk_of(&order);
        let system = self.provider_system(network, &desk.provider).await?;
        if !system.has(Function::ActivationNotice) {
            let missing = Function::ActivationNotice.as_str();
            return Err(OrdersError::ProviderFunctionMissing(missing));
        }
        let input = TechnicalInput {
            operation: Some(Operation::Activate),
            access_id: access.to_string(),
            service: state.service.clone(),
            // By which the technical order is tied to this one and no other.
            sp_reference: state.number.to_string(),
            by_network: true,
            ..TechnicalInput::default()
        };
        match self.create_technical_order(&desk, input).await? {
            Requested::Created(opened) | Requested::Existing(opened) => {
                Ok(opened.row.id.to_string())
            }
            Requested::NothingToDo { service, .. } => Err(OrdersError::ServiceTypeActive(service)),
        }
    }

    /// Has a provider told that the network has activated by itself; in the transaction that does.
    pub(in crate::app) async fn queue_notice(
        &self,
        work: &Work,
        desk: &Desk,
        id: OrderId,
        technical: &technical_order::Model,
    ) -> Result<(), OrdersError> {
        if !technical.by_network {
            return Ok(());
        }
        let system = provider_system::find(work.tx(), &desk.network, &desk.provider).await?;
        if system.is_none_or(|system| !system.has(Function::ActivationNotice)) {
            return Ok(());
        }
        let order = order::find(work.tx(), &desk.network, id).await?;
        let Some(order) = order else {
            return Ok(());
        };
        let sold = OfferingId::from_uuid(order.offering_id);
        let sold = offering::find_any(work.tx(), &desk.network, sold).await?;
        let sold = sold.ok_or(OrdersError::OfferingNotFound)?;
        let row = handover::Model {
            technical_order_id: Some(technical.id),
            ..self.new_handover(id, HandoverKind::ActivationNotice, &sold)
        };
        Ok(handover::insert(work.tx(), row).await?)
    }
}

fn desk_of(order: &Order) -> Desk {
    Desk {
        network: order.state().network.clone(),
        provider: order.state().provider.clone(),
    }
}
