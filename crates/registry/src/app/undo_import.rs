//! The latest applied import is taken back.

use kernel::{NetworkCode, new_id};
use messaging::Outgoing;
use privacy::SubjectId;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{Progress, Registry, RegistryError};
use crate::domain::import::{ImportReport, Outcome};
use crate::domain::limits::PEOPLE_ROWS;
use crate::store::history::Change;
use crate::store::{address_import, network_revision, resident, undo};

impl Registry {
    /// Takes back the import that was applied last: what it added goes, what it changed or ended is as before, people
    /// whom it had replaced are back unless they were erased since. What staff have changed since stays as they left it.
    ///
    /// # Errors
    /// There is no such import, it is not the last one, its time is over, or the database fails; then nothing was changed.
    pub async fn undo_import(
        &self,
        network: &NetworkCode,
        id: Uuid,
        progress: &Progress,
    ) -> Result<ImportReport, RegistryError> {
        let mut work = self.outbox.begin().await?;
        let turn = network_revision::lock(work.tx(), network, self.clock.now()).await?;
        let mut report = self.load(work.tx(), network, id).await?;
        if report.outcome != Outcome::Applied {
            return Err(RegistryError::ImportIs(report.outcome.as_str()));
        }
        let last = address_import::last_applied(work.tx(), network).await?;
        if last.is_none_or(|last| last.id != id) {
            let why = "a later import was applied; take that one back first";
            return Err(RegistryError::CannotUndo(why));
        }
        if report.undo_until.is_none_or(|until| until <= turn.at) {
            let why = "the time in which the import could be taken back is over";
            return Err(RegistryError::CannotUndo(why));
        }
        progress.tell("write", 0);
        let change = Change {
            by: new_id(self.clock.as_ref()),
            network: network.as_str(),
            turn,
        };
        undo::accesses(work.tx(), id, change).await?;
        progress.tell("people", 0);
        self.send_away(work.tx(), id).await?;
        undo::people(work.tx(), id, network.as_str()).await?;
        report.outcome = Outcome::Undone;
        report.undo_until = None;
        self.save(work.tx(), &report).await?;
        network_revision::raise(work.tx(), network, turn).await?;
        let event = api::events::ImportUndone {
            import_id: id.to_string(),
            network: network.to_string(),
        };
        let outgoing = Outgoing::new("registry.import.undone.v1", network, network, &event);
        work.record(outgoing.for_anybody());
        work.commit().await?;
        self.ring(network);
        if let Err(error) = self.indexes.follow().await {
            let error = service_kit::error::chain(&error);
            tracing::warn!(import.id = %id, error.chain = error, "the search index follows later");
        }
        Ok(report)
    }

    /// The people whom the import brought.
    async fn send_away(&self, tx: &DatabaseTransaction, import: Uuid) -> Result<(), RegistryError> {
        loop {
            let rows = resident::brought_by(tx, import, PEOPLE_ROWS).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let gone = resident::delete(tx, &rows).await?;
            let gone: Vec<_> = gone.into_iter().map(SubjectId::from_uuid).collect();
            self.privacy.forget(tx, &gone).await?;
        }
    }
}
