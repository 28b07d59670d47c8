//! Customer service reads one access with its people; the reading is logged in the same transaction.

use kernel::{AccessId, NetworkCode};
use privacy::{AccessEntry, SubjectId};
use sea_orm::DatabaseTransaction;
use service_kit::caller::Caller;

use super::people::{OWNER_ROLE, RESIDENT_ROLE};
use super::{Registry, RegistryError};
use crate::domain::limits::PURPOSE_CHARS_MAX;
use crate::store::{access, resident};

/// An access as customer service sees it.
#[derive(Clone, Debug)]
pub struct AccessWithResident {
    /// Everything but people.
    pub access: access::Model,
    /// The people there; nobody when somebody is protected.
    pub people: Names,
    /// Somebody protected lives there: masked everywhere (decision 20).
    pub protected: bool,
    /// Somebody there objects to being passed on to providers.
    pub not_to_providers: bool,
    /// The technical services that can be had.
    pub services: Vec<String>,
}

/// People at an access, by name. Nobody when none is known, erased or restricted.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Who lives there.
    pub resident: Option<String>,
    /// Who owns the property.
    pub owner: Option<String>,
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
        let purpose = stated(purpose)?;
        let work = self.outbox.begin().await?;
        let access = access::find(work.tx(), network, id)
            .await?
            .ok_or(RegistryError::NoSuchAccess)?;
        let rows = resident::find(work.tx(), network, id).await?;
        let protected = rows.iter().any(|row| row.protected);
        let not_to_providers = rows.iter().any(|row| row.not_to_providers);
        let people = if protected {
            Names::default()
        } else {
            self.read_people(work.tx(), caller, purpose, &rows).await?
        };
        work.commit().await?;
        let services = self.services_of(network, &access)?;
        Ok(AccessWithResident {
            access,
            people,
            protected,
            not_to_providers,
            services,
        })
    }

    /// The names in the rows of an access, and a line in the access log for each.
    pub(super) async fn read_people(
        &self,
        tx: &DatabaseTransaction,
        caller: &Caller,
        purpose: &str,
        rows: &[resident::Model],
    ) -> Result<Names, RegistryError> {
        let mut people = Names::default();
        for row in rows {
            let name = self.read_name(tx, caller, purpose, row).await?;
            match row.role.as_str() {
                RESIDENT_ROLE => people.resident = name,
                OWNER_ROLE => people.owner = name,
                _ => {}
            }
        }
        Ok(people)
    }

    /// The name in a row, and a line in the access log when there is one.
    pub(super) async fn read_name(
        &self,
        tx: &DatabaseTransaction,
        caller: &Caller,
        purpose: &str,
        row: &resident::Model,
    ) -> Result<Option<String>, RegistryError> {
        let Some(sealed) = &row.name else {
            return Ok(None);
        };
        let subject = SubjectId::from_uuid(row.subject_id);
        let name = self
            .privacy
            .open(subject, resident::TABLE, resident::NAME, row.id, sealed)
            .await?;
        if name.is_some() {
            let network =
                NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))?;
            let entry = AccessEntry {
                network,
                caller,
                purpose: purpose.to_owned(),
                subject,
                record: format!("{}:{}", row.role, row.id),
                fields: &["name"],
            };
            self.privacy.log_access(tx, entry).await?;
        }
        Ok(name)
    }
}

/// The purpose of a reading, which must be stated.
pub(super) fn stated(purpose: &str) -> Result<&str, RegistryError> {
    let purpose = purpose.trim();
    if purpose.is_empty() || purpose.chars().count() > PURPOSE_CHARS_MAX {
        let rule = "a purpose is 1 to 200 characters";
        return Err(RegistryError::invalid("purpose", "", rule));
    }
    Ok(purpose)
}
