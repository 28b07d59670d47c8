//! People with protected personal data: one member of the staff asks, another approves, and the first looks (decision 20).

use kernel::{AccessId, NetworkCode, new_id};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::get_access::{Names, stated};
use super::{Page, PageRequest, Registry, RegistryError};
use crate::domain::disclosure::{Disclosure, Refusal, State};
use crate::store::{access, disclosure, network_revision, resident};

const DISCLOSURES: &str = "disclosures";

impl Registry {
    /// Asks to be shown the people at an access. While the caller's earlier one of the same access waits or holds, that one
    /// is the answer.
    ///
    /// # Errors
    /// There is no such access, nobody there is protected, no purpose is stated, or the database fails.
    pub async fn request_disclosure(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: &AccessId,
        purpose: &str,
    ) -> Result<Disclosure, RegistryError> {
        let purpose = stated(purpose)?;
        let now = self.clock.now();
        let work = self.outbox.begin().await?;
        // Two clicks at once: one waits for the other.
        network_revision::lock(work.tx(), network, now).await?;
        if access::find(work.tx(), network, id).await?.is_none() {
            return Err(RegistryError::NoSuchAccess);
        }
        let people = resident::find(work.tx(), network, id).await?;
        if !people.iter().any(|row| row.protected) {
            return Err(RegistryError::NobodyProtected);
        }
        let user = caller.actor().1;
        if let Some(earlier) = disclosure::latest(work.tx(), network, id, user).await?
            && matches!(earlier.state(now), State::Pending | State::Approved)
        {
            work.rollback().await?;
            return Ok(earlier);
        }
        let asked = Disclosure {
            id: new_id(self.clock.as_ref()),
            network: network.clone(),
            access: id.clone(),
            requested_by: user.to_owned(),
            purpose: purpose.to_owned(),
            requested_at: now,
            decision: None,
        };
        disclosure::insert(work.tx(), &asked).await?;
        work.commit().await?;
        Ok(asked)
    }

    /// The disclosures of a network, newest first.
    ///
    /// # Errors
    /// The page is asked for wrongly, or the database fails.
    pub async fn list_disclosures(
        &self,
        network: &NetworkCode,
        request: &PageRequest,
    ) -> Result<Page<Disclosure>, RegistryError> {
        let size = request.size()?;
        let before = request.after_parsed::<Uuid>(DISCLOSURES)?;
        let reader = self.outbox.database().reader();
        let rows = disclosure::page(&reader, network, before, size as u64 + 1).await?;
        Ok(Page::cut(rows, size, DISCLOSURES, |row| row.id.to_string()))
    }

    /// Approves or declines what another has asked for.
    ///
    /// # Errors
    /// There is none of that id, the caller has asked for it, it is decided or has lapsed, or the database fails.
    pub async fn decide_disclosure(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
        approve: bool,
    ) -> Result<Disclosure, RegistryError> {
        let work = self.outbox.begin().await?;
        let found = disclosure::find(work.tx(), network, id).await?;
        let mut found = found.ok_or(RegistryError::NoSuchDisclosure)?;
        found
            .decide(caller.actor().1, approve, self.clock.now())
            .map_err(RegistryError::Disclosure)?;
        if !disclosure::decide(work.tx(), &found).await? {
            let now = disclosure::find(&self.outbox.database().reader(), network, id).await?;
            let now = now.ok_or(RegistryError::NoSuchDisclosure)?;
            let state = now.state(self.clock.now());
            return Err(RegistryError::Disclosure(Refusal::Is(state)));
        }
        work.commit().await?;
        Ok(found)
    }

    /// Shows the people at the access to whoever asked; the reading is logged in the same transaction.
    ///
    /// # Errors
    /// There is none of that id, it is not approved or has lapsed, another has asked, the access has ended, or the database
    /// fails; then nobody has seen anything.
    pub async fn protected_resident(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<(Disclosure, Names), RegistryError> {
        let work = self.outbox.begin().await?;
        let found = disclosure::find(work.tx(), network, id).await?;
        let found = found.ok_or(RegistryError::NoSuchDisclosure)?;
        found
            .may_look(caller.actor().1, self.clock.now())
            .map_err(RegistryError::Disclosure)?;
        if access::find(work.tx(), network, &found.access)
            .await?
            .is_none()
        {
            return Err(RegistryError::NoSuchAccess);
        }
        let rows = resident::find(work.tx(), network, &found.access).await?;
        let people = self
            .read_people(work.tx(), caller, &found.purpose, &rows)
            .await?;
        work.commit().await?;
        Ok((found, people))
    }
}
