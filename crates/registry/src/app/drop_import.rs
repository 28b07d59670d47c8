//! A held or interrupted import is forgotten.

use kernel::NetworkCode;
use messaging::Work;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::import::{ImportReport, Outcome};
use crate::store::{address_import, network_revision, rejected, staged};

impl Registry {
    /// Forgets a held import, whose rejected rows can still be fetched, or an interrupted one with everything that came in.
    ///
    /// # Errors
    /// There is no such import, it is neither held nor interrupted, or the database fails.
    pub async fn drop_import(
        &self,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        // One that is applied right now is applied first, and is then no held one any more.
        network_revision::lock(work.tx(), network, self.clock.now()).await?;
        let report = self.load(work.tx(), network, id).await?;
        if !matches!(report.outcome, Outcome::Held | Outcome::Interrupted) {
            work.rollback().await?;
            return Err(RegistryError::ImportIs(report.outcome.as_str()));
        }
        self.put_away_in(work, report, Outcome::Dropped).await
    }

    /// Takes the staged rows of an import away and keeps its account; of one that nobody else can decide about.
    pub(super) async fn put_away(
        &self,
        report: ImportReport,
        outcome: Outcome,
    ) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        self.put_away_in(work, report, outcome).await
    }

    async fn put_away_in(
        &self,
        work: Work,
        mut report: ImportReport,
        outcome: Outcome,
    ) -> Result<ImportReport, RegistryError> {
        staged::delete(work.tx(), report.id).await?;
        if report.outcome == Outcome::Interrupted {
            // Of a part of a file there is nothing to mend, and nobody has counted them.
            rejected::delete(work.tx(), report.id).await?;
        }
        report.staged = 0;
        report.staging_until = None;
        report.held_until = None;
        report.outcome = outcome;
        let subject = self.let_go_of_subject(&work, &mut report).await?;
        self.save(work.tx(), &report).await?;
        work.commit().await?;
        self.destroy_staging_key(subject).await?;
        Ok(report)
    }

    /// Takes away the account of an import that changed nothing and that nobody will ask about.
    pub(super) async fn forget_account(&self, report: &ImportReport) -> Result<(), RegistryError> {
        let work = self.outbox.begin().await?;
        address_import::delete(work.tx(), report.id).await?;
        Ok(work.commit().await?)
    }
}
