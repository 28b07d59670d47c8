//! The access behind a handle, for the orders service.

use kernel::{AccessId, NetworkCode};

use super::{PlaceView, Registry, RegistryError};
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
        let state = row.access_state()?;
        let services = services_at(
            row.listed_services()?.as_deref(),
            state,
            self.default_services(network),
        );
        let address = row
            .address()
            .map_err(|_| RegistryError::Corrupt("address"))?;
        Ok((
            id,
            PlaceView {
                handle: handle.to_owned(),
                address: address.into(),
                state,
                services,
            },
        ))
    }
}
