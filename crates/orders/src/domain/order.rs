//! One customer's order of one service from one provider.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{AccessId, NetworkCode, ProviderId};

use super::catalogue::Offering;
use super::catalogue::price::Price;
use super::number::OrderNumber;
use super::status::{OrderStatus, Party, TransitionError};
use super::{OfferingId, OrderId};

/// An order without anything that names a person.
#[derive(Clone, Debug)]
pub struct Order {
    state: OrderState,
}

/// What an order is, to read and to store. Changing it is the matter of [`Order`].
#[derive(Clone, Debug)]
pub struct OrderState {
    /// Its id.
    pub id: OrderId,
    /// The network that brokers it.
    pub network: NetworkCode,
    /// The number for people.
    pub number: OrderNumber,
    /// Who is to deliver.
    pub provider: ProviderId,
    /// What was ordered.
    pub offering_id: OfferingId,
    /// Its name at the time.
    pub offering_name: String,
    /// The technical service that it needs.
    pub service: String,
    /// Where; none once the customer is erased.
    pub access: Option<AccessId>,
    /// How far it has come.
    pub status: OrderStatus,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// The day wanted; none is as soon as possible, or erased.
    pub requested_date: Option<NaiveDate>,
    /// Whether the customer's data has been erased.
    pub erased: bool,
    /// How often the provider has been reminded of it.
    pub reminders: u32,
    /// When the network was told that the provider had not received it.
    pub escalated_at: Option<DateTime<Utc>>,
    /// The price that it was placed at; none on an order from before prices were kept.
    pub price: Option<Price>,
}

/// A state that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChanged {
    /// Before.
    pub from: OrderStatus,
    /// After.
    pub to: OrderStatus,
}

impl Order {
    /// A new order, placed now.
    pub fn place(
        id: OrderId,
        number: OrderNumber,
        (offering, price): (&Offering, &Price),
        access: AccessId,
        requested_date: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Self {
        Self::restore(OrderState {
            id,
            network: offering.network.clone(),
            number,
            provider: offering.provider.clone(),
            offering_id: offering.id,
            offering_name: offering.name.clone(),
            service: offering.service.clone(),
            access: Some(access),
            status: OrderStatus::New,
            placed_at: now,
            changed_at: now,
            requested_date,
            erased: false,
            reminders: 0,
            escalated_at: None,
            price: Some(price.clone()),
        })
    }

    /// For storage alone.
    pub const fn restore(state: OrderState) -> Self {
        Self { state }
    }

    /// What it is now.
    pub const fn state(&self) -> &OrderState {
        &self.state
    }

    /// Moves the order. To where it is already is no change: a repeated call does no harm.
    pub fn set_status(
        &mut self,
        to: OrderStatus,
        by: Party,
        now: DateTime<Utc>,
    ) -> Result<Option<StatusChanged>, TransitionError> {
        let from = self.state.status;
        if from == to {
            return Ok(None);
        }
        from.may_become(to, by, self.state.placed_at, now)?;
        self.state.status = to;
        self.state.changed_at = now;
        Ok(Some(StatusChanged { from, to }))
    }

    /// The provider says that it has the order. Later than that it has said so already.
    pub fn acknowledge(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<Option<StatusChanged>, TransitionError> {
        match self.state.status {
            OrderStatus::New => self.set_status(OrderStatus::Received, Party::Provider, now),
            _ => Ok(None),
        }
    }
}
