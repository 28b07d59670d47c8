//! One import with its rejected rows.

use kernel::NetworkCode;
use privacy::{AccessEntry, SubjectId};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::import::ImportReport;
use crate::store::address_import::{REJECTIONS, REMARKS};

impl Registry {
    /// The account of one import of the network.
    ///
    /// # Errors
    /// There is none, or the database fails.
    pub async fn get_import(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<ImportReport, RegistryError> {
        // Opened before the transaction begins: one that waits for a second connection can wait for itself.
        let report = self
            .load(&self.outbox.database().reader(), network, id)
            .await?;
        let shows_rows = !report.rejections.is_empty() || !report.remarks.is_empty();
        if let Some(subject) = report.subject.filter(|_| shows_rows) {
            self.log_rejections(caller, network, id, subject).await?;
        }
        Ok(report)
    }

    /// A slipped column may have put a name into a row that is shown: reading them is reading somebody.
    async fn log_rejections(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
        subject: SubjectId,
    ) -> Result<(), RegistryError> {
        let entry = AccessEntry {
            network: network.clone(),
            caller,
            purpose: "import_report".to_owned(),
            subject,
            record: format!("import:{id}"),
            fields: &[REJECTIONS, REMARKS],
        };
        let work = self.outbox.begin().await?;
        self.privacy.log_access(work.tx(), entry).await?;
        Ok(work.commit().await?)
    }
}
