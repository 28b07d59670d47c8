//! One import with its rejected rows.

use kernel::NetworkCode;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::import::ImportReport;
use crate::store::address_import;

impl Registry {
    /// The account of one import of the network.
    ///
    /// # Errors
    /// There is none, or the database fails.
    pub async fn get_import(
        &self,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<ImportReport, RegistryError> {
        let row = address_import::find(&self.outbox.database().reader(), network, id).await?;
        self.opened(row.ok_or(RegistryError::NoSuchImport)?).await
    }
}
