//! The access behind a handle, or one that a provider names, for the orders service.

use kernel::{AccessId, NetworkCode};

use super::{PlaceView, Reader, Registry, RegistryError};
use crate::domain::access::services_at;
use crate::store::access;

impl Registry {
    /// The access id, the place and the price group behind a handle, from the database: an order must not rest on an old
    /// index.
    ///
    /// # Errors
    /// The handle points nowhere, the access has ended, or the database fails.
    pub async fn resolve_place(
        &self,
        network: &NetworkCode,
        handle: &str,
    ) -> Result<(AccessId, PlaceView, Option<u32>), RegistryError> {
        let id = self.handles.read(network, handle, self.clock.now())?;
        let row = access::find(&self.outbox.database().reader(), network, &id).await?;
        let row = row.ok_or(RegistryError::NoSuchAccess)?;
        let price_group = row.price_group.and_then(|group| u32::try_from(group).ok());
        self.place_of(network, handle, &row)
            .map(|place| (id, place, price_group))
    }

    /// The place of an access that a provider's contract of today gives it over ON-API.
    ///
    /// # Errors
    /// There is no contract, no such access in it, or the database fails.
    pub async fn resolve_access(
        &self,
        reader: &Reader,
        id: &AccessId,
    ) -> Result<(PlaceView, Option<u32>), RegistryError> {
        let row = self.orderable_access(reader, id).await?;
        let price_group = row.price_group.and_then(|group| u32::try_from(group).ok());
        self.place_of(&reader.network, "", &row)
            .map(|place| (place, price_group))
    }

    fn place_of(
        &self,
        network: &NetworkCode,
        handle: &str,
        row: &access::Model,
    ) -> Result<PlaceView, RegistryError> {
        let state = row.access_state()?;
        let services = services_at(
            row.available_services()?.as_deref(),
            state,
            self.default_services(network),
        );
        let address = row
            .address()
            .map_err(|_| RegistryError::Corrupt("address"))?;
        Ok(PlaceView {
            handle: handle.to_owned(),
            address: address.into(),
            distinguisher: row.distinguisher.clone(),
            state,
            services,
        })
    }
}
