//! The access behind a handle, or one that a provider names, for the orders service.

use kernel::{AccessId, NetworkCode};

use super::{PlaceView, Reader, Registry, RegistryError};
use crate::domain::services::{BeyondCapacity, is_direct};
use crate::store::access;

/// What an order needs to know of a place.
#[derive(Clone, Debug)]
pub struct OrderPlace {
    /// The access.
    pub access_id: AccessId,
    /// What the public may know of it.
    pub place: PlaceView,
    /// As the network groups its accesses, where it has said.
    pub price_group: Option<u32>,
    /// What the port can do at most in kbit/s, where that is known.
    pub capacity_kbps: Option<u32>,
    /// What could be had there over a faster port.
    pub beyond_capacity: Vec<BeyondCapacity>,
    /// See [`is_direct`].
    pub direct_activation: bool,
}

impl Registry {
    /// The place behind a handle, from the database: an order must not rest on an old index.
    ///
    /// # Errors
    /// The handle points nowhere, the access has ended, or the database fails.
    pub async fn resolve_place(
        &self,
        network: &NetworkCode,
        handle: &str,
    ) -> Result<OrderPlace, RegistryError> {
        let id = self.handles.read(network, handle, self.clock.now())?;
        let row = access::find(&self.outbox.database().reader(), network, &id).await?;
        let row = row.ok_or(RegistryError::NoSuchAccess)?;
        self.order_place(network, id, handle, &row)
    }

    /// The place of an access that a provider's contract of today gives it over ON-API.
    ///
    /// # Errors
    /// There is no contract, no such access in it, or the database fails.
    pub async fn resolve_access(
        &self,
        reader: &Reader,
        id: &AccessId,
    ) -> Result<OrderPlace, RegistryError> {
        let row = self.orderable_access(reader, id).await?;
        self.order_place(&reader.network, id.clone(), "", &row)
    }

    fn order_place(
        &self,
        network: &NetworkCode,
        access_id: AccessId,
        handle: &str,
        row: &access::Model,
    ) -> Result<OrderPlace, RegistryError> {
        let state = row.access_state()?;
        let available = row.available_services()?;
        let line = row.line(available.as_deref());
        let services = self.services(network);
        let address = row
            .address()
            .map_err(|_| RegistryError::Corrupt("address"))?;
        Ok(OrderPlace {
            access_id,
            place: PlaceView {
                handle: handle.to_owned(),
                address: address.into(),
                distinguisher: row.distinguisher.clone(),
                state,
                services: services.at(line, state),
            },
            price_group: row.price_group.and_then(|group| u32::try_from(group).ok()),
            capacity_kbps: line.capacity_kbps,
            beyond_capacity: services.beyond(line),
            direct_activation: is_direct(state, row.equipped()),
        })
    }
}
