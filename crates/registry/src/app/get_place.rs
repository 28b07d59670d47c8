//! One place by its handle, as the public may see it.

use kernel::NetworkCode;

use super::{PlaceView, Registry, RegistryError};

impl Registry {
    /// The place behind a handle.
    ///
    /// # Errors
    /// The handle points nowhere, the access has ended, or the database fails.
    pub async fn get_place(
        &self,
        network: &NetworkCode,
        handle: &str,
    ) -> Result<PlaceView, RegistryError> {
        Ok(self.resolve_place(network, handle).await?.place)
    }
}
