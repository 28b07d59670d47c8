//! Removing a contact that was never confirmed: what stays is the suppression.

use kernel::NetworkCode;
use messaging::Work;
use privacy::SubjectId;

use super::{Crm, CrmError};
use crate::personal_data::CATEGORIES;
use crate::store::{confirmation, contact};

impl Crm {
    /// Deletes contact and links, suppresses the person against imports, commits, and destroys the person's keys: a mail
    /// that is still queued cannot be opened any more.
    pub(super) async fn remove(
        &self,
        work: Work,
        network: &NetworkCode,
        contact: &contact::Model,
    ) -> Result<(), CrmError> {
        contact::delete(work.tx(), contact).await?;
        confirmation::delete_of(work.tx(), network, contact.contact_id()).await?;
        self.privacy
            .suppress(work.tx(), &[contact.subject()])
            .await?;
        work.commit().await?;
        self.destroy_keys(&[contact.subject()]).await
    }

    /// Destroys every key of subjects that have no row left.
    pub(super) async fn destroy_keys(&self, subjects: &[SubjectId]) -> Result<(), CrmError> {
        if !subjects.is_empty() {
            self.privacy.vault().destroy(subjects, &CATEGORIES).await?;
        }
        Ok(())
    }
}
