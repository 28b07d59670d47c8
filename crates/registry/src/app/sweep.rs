//! What nobody will ask for any more is taken away: broken-off and forgotten imports, people whom an import replaced and
//! which cannot be undone any more, rejected rows and disclosures after their period.

use chrono::Duration;
use kernel::NetworkCode;
use privacy::SubjectId;

use super::{Registry, RegistryError};
use crate::domain::limits::{
    DISCLOSURE_DAYS, INTERRUPTED_HOURS, PEOPLE_ROWS, PURGE_ROWS, REJECTED_DAYS,
};
use crate::store::{access, address_import, disclosure, network_revision, rejected, resident};

/// Imports whose rejected rows go in one turn; the rest goes in the next.
const OLD_IMPORTS: u64 = 50;

impl Registry {
    /// One turn. Several instances may do it at once: what is gone is gone.
    ///
    /// # Errors
    /// The database fails; the next turn goes on.
    pub async fn sweep(&self) -> Result<(), RegistryError> {
        let now = self.clock.now();
        self.give_up_interrupted().await?;
        let reader = self.outbox.database().reader();
        let interrupted_since = now - Duration::hours(INTERRUPTED_HOURS);
        for row in address_import::forsaken(&reader, now, interrupted_since).await? {
            let report = self.opened(row).await?;
            match self.drop_import(&report.network, report.id).await {
                Ok(report) => {
                    tracing::info!(import.id = %report.id, "an import that nobody decided about is dropped");
                }
                // Somebody has decided meanwhile.
                Err(RegistryError::ImportIs(_) | RegistryError::NoSuchImport) => {}
                Err(error) => return Err(error),
            }
        }
        self.forget_superseded().await?;
        self.make_name_tokens().await?;
        self.forget_rejected().await?;
        self.forget_disclosures().await?;
        self.forget_ended().await
    }

    async fn forget_disclosures(&self) -> Result<(), RegistryError> {
        let before = self.clock.now() - Duration::days(DISCLOSURE_DAYS);
        let work = self.outbox.begin().await?;
        disclosure::purge(work.tx(), before).await?;
        Ok(work.commit().await?)
    }

    /// Accesses that ended so long ago that they will not come back.
    async fn forget_ended(&self) -> Result<(), RegistryError> {
        let before = self.clock.now() - Duration::days(self.settings.ended_days.into());
        let reader = self.outbox.database().reader();
        for row in network_revision::all(&reader).await? {
            let network =
                NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))?;
            // Looked for first: the turn is waited for as long as an import takes.
            while access::any_ended(&reader, &network, before).await? {
                let work = self.outbox.begin().await?;
                network_revision::lock(work.tx(), &network, self.clock.now()).await?;
                let Some(revision) = access::purge(work.tx(), &network, before, PURGE_ROWS).await?
                else {
                    break;
                };
                network_revision::purged(work.tx(), &network, revision).await?;
                work.commit().await?;
            }
        }
        Ok(())
    }

    /// People whom imports replaced that cannot be undone any more.
    pub(super) async fn forget_superseded(&self) -> Result<(), RegistryError> {
        loop {
            let work = self.outbox.begin().await?;
            let rows = resident::expired(work.tx(), self.clock.now(), PEOPLE_ROWS).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let gone = resident::delete(work.tx(), &rows).await?;
            let gone: Vec<_> = gone.into_iter().map(SubjectId::from_uuid).collect();
            self.privacy.forget(work.tx(), &gone).await?;
            work.commit().await?;
        }
    }

    async fn forget_rejected(&self) -> Result<(), RegistryError> {
        let before = self.clock.now() - Duration::days(REJECTED_DAYS);
        let reader = self.outbox.database().reader();
        for row in address_import::with_old_rejections(&reader, before, OLD_IMPORTS).await? {
            let mut report = super::import_record::without_rejections(row)?;
            let work = self.outbox.begin().await?;
            rejected::delete(work.tx(), report.id).await?;
            if let Some(subject) = report.subject.take() {
                self.privacy.forget(work.tx(), &[subject]).await?;
            }
            report.rejected_header = None;
            self.save(work.tx(), &report).await?;
            work.commit().await?;
        }
        Ok(())
    }
}
