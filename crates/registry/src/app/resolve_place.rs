//! The access behind a handle, or one that a provider names, for the orders service.

use kernel::{AccessId, NetworkCode};

use super::{PlaceView, Reader, Registry, RegistryError};
use crate::domain::access::services_at;
use crate::store::access;

impl Registry {
    /// The access id and the place behind a handle, from the database: an order must not rest on an old index.
    ///
    /// # Errors
    /// The handle points nowhere, the access has ended, or the database fails.
    pub async fn resolve_place(
        &self,
        network: &NetworkCode,
        handle: &str,
    ) -> Result<(AccessId, PlaceView), RegistryError> {
        let id = self.handles.read(network, handle, self.clock.now())?;
        let row = access::find(&self.outbox.database().reader(), network, &id).await?;
        let row = row.ok_or(RegistryError::NoSuchAccess)?;
        self.place_of(network, handle, &row)
            .map(|place| (id, place))
    }

    /// The place of an access that a provider's contract of today gives it over ON-API.
    ///
    /// # Errors
    /// There is no contract, no such access in it, or the database fails.
    pub async fn resolve_access(
        &self,
        reader: &Reader,
        id: &AccessId,
    ) -> Result<PlaceView, RegistryError> {
        let row = self.orderable_access(reader, id).await?;
        self.place_of(&reader.network, "", &row)
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
