//! Customer service reads one access with its resident; the reading is logged in the same transaction.

use kernel::{AccessId, NetworkCode};
use privacy::{AccessEntry, SubjectId};
use service_kit::caller::Caller;

use super::{Registry, RegistryError};
use crate::domain::limits::PURPOSE_CHARS_MAX;
use crate::store::{access, resident};

/// An access as customer service sees it.
#[derive(Clone, Debug)]
pub struct AccessWithResident {
    /// Everything but people.
    pub access: access::Model,
    /// The resident; nothing when none is known, erased or restricted.
    pub resident: Option<String>,
    /// The technical services that can be had.
    pub services: Vec<String>,
}

impl Registry {
    /// One access of the network.
    ///
    /// # Errors
    /// There is none, no purpose is stated, or the database fails; then nobody has seen anything.
    pub async fn get_access(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: &AccessId,
        purpose: &str,
    ) -> Result<AccessWithResident, RegistryError> {
        let purpose = purpose.trim();
        if purpose.is_empty() || purpose.chars().count() > PURPOSE_CHARS_MAX {
            return Err(RegistryError::invalid(
                "purpose",
                "",
                "a purpose is 1 to 200 characters",
            ));
        }
        let work = self.outbox.begin().await?;
        let access = access::find(work.tx(), network, id)
            .await?
            .ok_or(RegistryError::NoSuchAccess)?;
        let resident = match resident::find(work.tx(), network, id).await? {
            Some(row) => self.resident_name(&row).await?.map(|name| (row, name)),
            None => None,
        };
        if let Some((row, _)) = &resident {
            let entry = AccessEntry {
                network: network.clone(),
                caller,
                purpose: purpose.to_owned(),
                subject: SubjectId::from_uuid(row.subject_id),
                record: format!("resident:{}", row.id),
                fields: &["name"],
            };
            self.privacy.log_access(work.tx(), entry).await?;
        }
        work.commit().await?;
        let services = self.services_of(network, &access)?;
        Ok(AccessWithResident {
            access,
            resident: resident.map(|(_, name)| name),
            services,
        })
    }

    async fn resident_name(&self, row: &resident::Model) -> Result<Option<String>, RegistryError> {
        let Some(sealed) = &row.name else {
            return Ok(None);
        };
        let subject = SubjectId::from_uuid(row.subject_id);
        Ok(self
            .privacy
            .open(subject, resident::TABLE, resident::NAME, row.id, sealed)
            .await?)
    }
}
