//! A held import becomes the truth, in one transaction.

use kernel::NetworkCode;
use messaging::{Outgoing, Work};
use privacy::SubjectId;
use service_kit::database::{plan_as_usual, plan_by_index};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::compare::import_of;
use super::people::{COLUMNS_ROLE, OWNER_ROLE, RESIDENT_ROLE};
use super::{Registry, RegistryError};
use crate::domain::import::{ImportReport, Outcome};
use crate::domain::limits::ANALYZE_ROWS_MIN;
use crate::personal_data::IMPORT_STAGING;
use crate::store::network_revision::Turn;
use crate::store::{apply, network_revision, resident, staged};

/// Where an applying import says how far it is; by default nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Progress(Option<mpsc::Sender<Step>>);

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// "compare", "write", "people".
    pub step: &'static str,
    /// Rows of the step that are done.
    pub done: u64,
}

impl Progress {
    /// Tells this channel; what it has no room for is left out.
    pub fn to(sender: mpsc::Sender<Step>) -> Self {
        Self(Some(sender))
    }

    pub(super) fn tell(&self, step: &'static str, done: u64) {
        if let Some(sender) = &self.0 {
            sender.try_send(Step { step, done }).ok();
        }
    }
}

impl Registry {
    /// Applies a held import.
    ///
    /// # Errors
    /// There is no such import, it is not held, it would end more accesses than is allowed and confirmed, or the database
    /// fails; then nothing was changed, and it is held as before.
    pub async fn apply_import(
        &self,
        network: &NetworkCode,
        id: Uuid,
        confirmed_ending: u64,
        progress: &Progress,
    ) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        let turn = network_revision::lock(work.tx(), network, self.clock.now()).await?;
        let mut report = self.held(work.tx(), network, id).await?;
        progress.tell("compare", 0);
        self.compare(work.tx(), &mut report).await?;
        self.guard(work.tx(), &report, confirmed_ending).await?;
        let import = import_of(&report);
        progress.tell("write", 0);
        if report.changes_anything() {
            apply::put(work.tx(), &import, turn).await?;
            if report.ended > 0 {
                apply::end(work.tx(), &import, turn).await?;
            }
            self.apply_people(&work, &mut report, progress).await?;
        }
        staged::delete(work.tx(), id).await?;
        self.send_back(&work, &mut report).await?;
        report.staged = 0;
        report.held_until = None;
        report.outcome = Outcome::NothingChanged;
        if report.changes_anything() {
            report.outcome = Outcome::Applied;
            report.applied_at = Some(turn.at);
            let hours = self.settings.undo_hours;
            report.undo_until =
                (hours > 0).then(|| turn.at + chrono::Duration::hours(hours.into()));
        }
        let subject = self.let_go_of_subject(&work, &mut report).await?;
        self.conclude(work, &report, turn).await?;
        self.after_commit(&report, subject).await;
        Ok(report)
    }

    async fn apply_people(
        &self,
        work: &Work,
        report: &mut ImportReport,
        progress: &Progress,
    ) -> Result<(), RegistryError> {
        let import = import_of(report);
        let mut roles = vec![(COLUMNS_ROLE, false)];
        if report.says_of_residents {
            roles.push((RESIDENT_ROLE, true));
        }
        if report.says_of_owners {
            roles.push((OWNER_ROLE, true));
        }
        let mut done = 0;
        for (role, silence_counts) in roles {
            apply::supersede(work.tx(), &import, role, silence_counts).await?;
            plan_by_index(work.tx()).await?;
            let tell = |more| {
                done += more;
                progress.tell("people", done);
            };
            self.arrive(work.tx(), report, role, tell).await?;
            plan_as_usual(work.tx()).await?;
        }
        Ok(resident::stay_marked(work.tx(), report.id).await?)
    }

    /// Takes away whom the import has brought and who was erased while it was applied. Nothing slow comes after it.
    async fn send_back(&self, work: &Work, report: &mut ImportReport) -> Result<(), RegistryError> {
        let subjects = self
            .privacy
            .brought_although_suppressed(work.tx(), &report.network)
            .await?;
        let gone = resident::delete_of(work.tx(), &subjects).await?;
        report.residents_suppressed += gone;
        Ok(self.privacy.forget(work.tx(), &subjects).await?)
    }

    /// When there are no rejected rows to keep, nothing is left that the import's own subject is needed for.
    pub(super) async fn let_go_of_subject(
        &self,
        work: &Work,
        report: &mut ImportReport,
    ) -> Result<Option<SubjectId>, RegistryError> {
        let Some(subject) = report.subject else {
            return Ok(None);
        };
        if report.rejected == 0 {
            self.privacy.forget(work.tx(), &[subject]).await?;
            report.subject = None;
        }
        Ok(Some(subject))
    }

    async fn conclude(
        &self,
        mut work: Work,
        report: &ImportReport,
        turn: Turn,
    ) -> Result<(), RegistryError> {
        self.save(work.tx(), report).await?;
        if report.outcome == Outcome::Applied {
            network_revision::raise(work.tx(), &report.network, turn).await?;
            let event = api::events::ImportApplied {
                import_id: report.id.to_string(),
                network: report.network.to_string(),
                added: report.added,
                changed: report.changed,
                ended: report.ended,
            };
            let outgoing = Outgoing::new(
                "registry.import.applied.v1",
                &report.network,
                &report.network,
                &event,
            );
            work.record(outgoing.for_anybody());
        }
        Ok(work.commit().await?)
    }

    /// The import is a fact; what follows is caught up with elsewhere if it fails here.
    async fn after_commit(&self, report: &ImportReport, subject: Option<SubjectId>) {
        let failed = |error: &RegistryError| {
            let error = service_kit::error::chain(error);
            tracing::warn!(import.id = %report.id, error.chain = error, "something after the import is left to be caught up with");
        };
        if let Err(error) = self.destroy_staging_key(subject).await {
            failed(&error);
        }
        if report.outcome != Outcome::Applied {
            return;
        }
        self.ring(&report.network);
        let rows = report.added + report.changed + report.ended;
        if rows >= ANALYZE_ROWS_MIN
            && let Err(error) = apply::analyze(&self.outbox.database().reader()).await
        {
            failed(&error.into());
        }
        if report.undo_until.is_none()
            && let Err(error) = self.forget_superseded().await
        {
            failed(&error);
        }
        if let Err(error) = self.indexes.follow().await {
            failed(&error);
        }
    }

    pub(super) async fn destroy_staging_key(
        &self,
        subject: Option<SubjectId>,
    ) -> Result<(), RegistryError> {
        if let Some(subject) = subject {
            self.privacy
                .vault()
                .destroy(&[subject], &[IMPORT_STAGING])
                .await?;
        }
        Ok(())
    }
}
