//! What a row is silent about stays as it is when its file comes in.

use kernel::NetworkCode;

use super::{Registry, RegistryError};
use crate::domain::address_file::AccessRow;
use crate::store::access;

impl Registry {
    /// Completes rows by what is known of their accesses.
    pub(super) async fn complete_rows(
        &self,
        network: &NetworkCode,
        rows: &mut [(u64, AccessRow)],
    ) -> Result<(), RegistryError> {
        let reader = self.outbox.database().reader();
        let hashes = rows
            .iter()
            .map(|(_, row)| (&row.facts.access_id, row.facts.content_hash()));
        let mut known = access::differing(&reader, network, hashes).await?;
        for (_, row) in rows {
            let Some(stored) = known.remove(row.facts.access_id.as_str()) else {
                continue;
            };
            let facts = stored.facts()?;
            if facts.services.is_some() && !row.said.services() {
                // What the list means depends on the file that it stems from.
                row.services_from = Some(stored.source);
            }
            row.said.complete(&mut row.facts, facts);
        }
        Ok(())
    }
}
