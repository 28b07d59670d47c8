//! Staff put one access right, in a form.

use kernel::{AccessId, NetworkCode, new_id};
use sea_orm::ConnectionTrait;

use super::{Registry, RegistryError};
use crate::domain::access::AccessFacts;
use crate::domain::disclosure::State;
use crate::domain::limits::REASON_CHARS_MAX;
use crate::store::history::{self, Change};
use crate::store::resident::{self, Marks};
use crate::store::{access, disclosure, network_revision};

/// What staff want.
#[derive(Clone, Debug)]
pub struct EditAccess {
    /// Whose access it is.
    pub network: NetworkCode,
    /// As it is to be.
    pub facts: AccessFacts,
    /// What was seen before: [`access::Model::version`].
    pub version: String,
    /// Why.
    pub reason: String,
    /// Marks of the people there that are to be set or taken away.
    pub marks: Marks,
    /// The user who wants it.
    pub by: String,
}

impl Registry {
    /// One access as it is, to be edited.
    ///
    /// # Errors
    /// There is none, or the database fails.
    pub async fn access_to_edit(
        &self,
        network: &NetworkCode,
        id: &AccessId,
    ) -> Result<access::Model, RegistryError> {
        access::find(&self.outbox.database().reader(), network, id)
            .await?
            .ok_or(RegistryError::NoSuchAccess)
    }

    /// Changes an access; what it was is kept.
    ///
    /// # Errors
    /// There is none, it was changed since, no reason is given, the mark of protected data may not be taken away, or the
    /// database fails; then nothing was changed.
    pub async fn edit_access(
        &self,
        command: EditAccess,
    ) -> Result<(access::Model, Vec<String>), RegistryError> {
        let reason = command.reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            let rule = "a reason is 1 to 200 characters";
            return Err(RegistryError::invalid("reason", "", rule));
        }
        let (network, id) = (&command.network, &command.facts.access_id);
        let work = self.outbox.begin().await?;
        let turn = network_revision::lock(work.tx(), network, self.clock.now()).await?;
        let before = access::find(work.tx(), network, id)
            .await?
            .ok_or(RegistryError::NoSuchAccess)?;
        if before.version() != command.version {
            return Err(RegistryError::AccessChanged);
        }
        let facts_change = before.content_hash != command.facts.content_hash();
        if facts_change {
            let change = Change {
                by: new_id(self.clock.as_ref()),
                network: &before.network,
                turn,
            };
            let it = "access a WHERE a.network = $2 AND a.id = $4";
            history::keep(work.tx(), change, it, Some(before.id)).await?;
            access::edit(work.tx(), &before, &command.facts, change, reason).await?;
        }
        if command.marks.protected == Some(false) {
            self.may_unmark(work.tx(), network, id, &command.by).await?;
        }
        let marks_change = resident::mark(work.tx(), network, id, command.marks).await?;
        if marks_change {
            access::revise(work.tx(), network, id, turn).await?;
        }
        if facts_change || marks_change {
            network_revision::raise(work.tx(), network, turn).await?;
        }
        let after = access::find(work.tx(), network, id)
            .await?
            .ok_or(RegistryError::NoSuchAccess)?;
        work.commit().await?;
        self.ring(network);
        if let Err(error) = self.indexes.follow().await {
            let error = service_kit::error::chain(&error);
            tracing::warn!(error.chain = error, "the search index follows later");
        }
        let services = self.services_of(network, &after)?;
        Ok((after, services))
    }

    /// Whoever takes the mark away can read the people at once: it needs what looking at them needs.
    async fn may_unmark<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        id: &AccessId,
        by: &str,
    ) -> Result<(), RegistryError> {
        let people = resident::find(tx, network, id).await?;
        if !people.iter().any(|row| row.protected) {
            return Ok(());
        }
        let disclosure = disclosure::latest(tx, network, id, by).await?;
        match disclosure.map(|it| it.state(self.clock.now())) {
            Some(State::Approved) => Ok(()),
            _ => Err(RegistryError::ProtectedMark),
        }
    }
}
