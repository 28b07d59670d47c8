//! The imports of a network, newest first.

use kernel::NetworkCode;
use uuid::Uuid;

use super::import_record::{count_left_out, without_rejections};
use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::import::ImportReport;
use crate::store::address_import;

const LIST: &str = "imports";

impl Registry {
    /// One page of imports, without their rejections.
    ///
    /// # Errors
    /// The page is asked for wrongly, or the database fails.
    pub async fn list_imports(
        &self,
        network: &NetworkCode,
        request: &PageRequest,
    ) -> Result<Page<ImportReport>, RegistryError> {
        let size = request.size()?;
        let before = request.after_parsed::<Uuid>(LIST)?;
        let reader = self.outbox.database().reader();
        let rows = address_import::page(&reader, network, before, size as u64 + 1).await?;
        let mut imports = rows
            .into_iter()
            .map(without_rejections)
            .collect::<Result<Vec<_>, _>>()?;
        count_left_out(&reader, &mut imports).await?;
        Ok(Page::cut(imports, size, LIST, |import| {
            import.id.to_string()
        }))
    }
}
