//! Customer service looks for a resident by name: exactly the normalised full name, a few of them, each reading logged with
//! its purpose (decision 17).

use kernel::{AccessId, NetworkCode, PersonName};
use privacy::{OpenItem, SubjectId};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::people::RESIDENT_ROLE;
use super::{Registry, RegistryError};
use crate::domain::limits::{PEOPLE_ROWS, RESIDENTS_MAX};
use crate::store::{access, resident};

/// Where residents of a name live.
#[derive(Clone, Debug)]
pub struct FoundResidents {
    /// Their accesses, with the technical services that can be had there.
    pub accesses: Vec<(access::Model, Vec<String>)>,
    /// There are more of the name than are shown.
    pub more: bool,
}

impl Registry {
    /// The accesses where somebody of this name lives. Who is erased, restricted or protected is not found.
    ///
    /// # Errors
    /// What is given is no name, no purpose is stated, or the database fails; then nobody has seen anything.
    pub async fn find_residents(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        name: &str,
        purpose: &str,
    ) -> Result<FoundResidents, RegistryError> {
        let purpose = super::get_access::stated(purpose)?;
        let name = PersonName::parse(name)
            .map_err(|refused| RegistryError::invalid("name", "", refused.rule))?;
        let tokens = self.privacy.tokens().names(network, &name);
        let tokens: Vec<String> = tokens.iter().map(hex::encode).collect();
        let work = self.outbox.begin().await?;
        let rows = resident::named(work.tx(), network, &tokens, RESIDENTS_MAX as u64 + 1).await?;
        let more = rows.len() > RESIDENTS_MAX;
        let mut accesses = Vec::new();
        for row in rows.iter().take(RESIDENTS_MAX) {
            let id =
                AccessId::parse(&row.access_id).map_err(|_| RegistryError::Corrupt("access id"))?;
            let Some(at) = access::find(work.tx(), network, &id).await? else {
                continue;
            };
            // Where somebody lives is read, too; what is restricted does not open.
            let opened = self.read_name(work.tx(), caller, purpose, row).await?;
            if opened.is_some() {
                let services = self.services_of(network, &at)?;
                accesses.push((at, services));
            }
        }
        work.commit().await?;
        Ok(FoundResidents { accesses, more })
    }

    /// What a resident's row is found by.
    pub(super) fn name_token(
        &self,
        network: &NetworkCode,
        role: &str,
        name: Option<&str>,
    ) -> String {
        let named = name.filter(|_| role == RESIDENT_ROLE);
        match named.map(PersonName::parse) {
            Some(Ok(name)) => hex::encode(self.privacy.tokens().name(network, &name)),
            _ => resident::NO_TOKEN.to_owned(),
        }
    }

    /// Makes the tokens of rows that were there before there were any. What does not open, because it is restricted, is
    /// looked at again in the next turn.
    pub(super) async fn make_name_tokens(&self) -> Result<(), RegistryError> {
        let mut after = Uuid::nil();
        loop {
            let reader = self.outbox.database().reader();
            let rows = resident::without_token(&reader, after, PEOPLE_ROWS).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = last.id;
            let work = self.outbox.begin().await?;
            for (row, name) in rows.iter().zip(self.names(&rows).await?) {
                if name.is_none() && row.name.is_some() {
                    continue;
                }
                let network = NetworkCode::parse(&row.network)
                    .map_err(|_| RegistryError::Corrupt("network"))?;
                let token = self.name_token(&network, &row.role, name.as_deref());
                resident::put_token(work.tx(), row.id, &token).await?;
            }
            work.commit().await?;
        }
    }

    async fn names(&self, rows: &[resident::Model]) -> Result<Vec<Option<String>>, RegistryError> {
        let items: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                Some(OpenItem {
                    subject: SubjectId::from_uuid(row.subject_id),
                    table: resident::TABLE,
                    column: resident::NAME,
                    row_id: row.id,
                    sealed: row.name.as_deref()?,
                })
            })
            .collect();
        let mut opened = self.privacy.open_many(&items).await?.into_iter();
        let name = |row: &resident::Model| row.name.as_ref().and_then(|_| opened.next().flatten());
        Ok(rows.iter().map(name).collect())
    }
}
