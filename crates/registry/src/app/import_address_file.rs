//! An address file comes in: judged, compared, applied in one transaction, and accounted for.

use std::sync::Arc;

use kernel::{NetworkCode, Violation, new_id};
use messaging::{Outgoing, Work};
use privacy::SubjectId;
use sea_orm::DatabaseTransaction;

use super::people::PeopleChanges;
use super::surveyed::Surveyed;
use super::{Registry, RegistryError, StagedFile};
use crate::domain::address_file::{AccessRow, Charset};
use crate::domain::import::{ImportMode, ImportReport, Outcome, Rejection, may_end};
use crate::personal_data::RESIDENT;
use crate::store::{access, network_revision};

/// Ids read at a time when looking for accesses that the file does not name.
const ID_PAGE: u64 = 5_000;

/// How to read and apply a file.
#[derive(Clone, Debug)]
pub struct ImportAddressFile {
    /// Whose accesses they are.
    pub network: NetworkCode,
    /// What becomes of accesses that the file does not name.
    pub mode: ImportMode,
    /// Only say what would happen.
    pub dry_run: bool,
    /// The character set, where it is known.
    pub charset: Option<Charset>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The account.
    pub report: ImportReport,
    /// The rejected rows with their reasons; empty when there are none.
    pub rejected_file: Vec<u8>,
}

impl Registry {
    /// Imports a staged file.
    ///
    /// # Errors
    /// The database or the disk fails; then nothing was changed. A file that cannot be used is no error but a report.
    pub async fn import_address_file(
        &self,
        command: ImportAddressFile,
        staged: StagedFile,
    ) -> Result<Imported, RegistryError> {
        let now = self.clock.now();
        let id = new_id(self.clock.as_ref());
        let mut report = ImportReport::begun(
            id,
            command.network.clone(),
            command.mode,
            command.dry_run,
            now,
        );
        let surveyed =
            match Surveyed::read(staged, command.charset, command.network.clone()).await? {
                Ok(surveyed) => surveyed,
                Err(refusal) => {
                    let report = self.record_alone(report.refused(refusal.0)).await?;
                    return Ok(Imported {
                        report,
                        rejected_file: Vec::new(),
                    });
                }
            };
        describe(&mut report, &surveyed);
        let rejected_file = surveyed.rejected_file().await?;
        let report = self.apply(report, &surveyed).await?;
        metrics::counter!("registry_imports_total", "outcome" => report.outcome.as_str())
            .increment(1);
        Ok(Imported {
            report,
            rejected_file,
        })
    }

    async fn apply(
        &self,
        mut report: ImportReport,
        surveyed: &Arc<Surveyed>,
    ) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        network_revision::lock(work.tx(), &report.network).await?;
        let active_before = access::count_active(work.tx(), &report.network).await?;
        let mut forgotten = self.apply_rows(work.tx(), &mut report, surveyed).await?;
        let missing = self.missing(work.tx(), &mut report, surveyed).await?;
        report.ended = missing.len() as u64;
        if !may_end(active_before, report.ended, self.settings.end_percent_max) {
            work.rollback().await?;
            let why = self.too_many_would_end(report.ended, active_before);
            return self.record_alone(report.refused(why)).await;
        }
        if report.dry_run {
            work.rollback().await?;
            report.outcome = Outcome::DryRun;
            return self.record_alone(report).await;
        }
        access::end(work.tx(), &report.network, &missing, report.received_at).await?;
        forgotten.extend(
            self.clear_people(work.tx(), &report.network, &missing)
                .await?,
        );
        report.outcome = if report.changes_anything() {
            Outcome::Applied
        } else {
            Outcome::NothingChanged
        };
        self.conclude(work, &report).await?;
        self.after_commit(&report, &forgotten).await;
        Ok(report)
    }

    async fn apply_rows(
        &self,
        tx: &DatabaseTransaction,
        report: &mut ImportReport,
        surveyed: &Arc<Surveyed>,
    ) -> Result<Vec<SubjectId>, RegistryError> {
        let mut forgotten = Vec::new();
        let mut batches = surveyed.batches();
        while let Some(batch) = batches.recv().await {
            forgotten.extend(
                self.apply_batch(tx, report, &batch?, surveyed.says_of_people())
                    .await?,
            );
        }
        Ok(forgotten)
    }

    async fn apply_batch(
        &self,
        tx: &DatabaseTransaction,
        report: &mut ImportReport,
        batch: &[AccessRow],
        says_of_people: bool,
    ) -> Result<Vec<SubjectId>, RegistryError> {
        let ids: Vec<_> = batch.iter().map(|row| &row.facts.access_id).collect();
        let stored = access::stored(tx, &report.network, &ids).await?;
        let people = if says_of_people {
            self.apply_people(tx, &report.network, batch).await?
        } else {
            PeopleChanges::default()
        };
        report.residents_suppressed += people.suppressed;
        let mut changed = Vec::new();
        for row in batch {
            let before = stored.get(row.facts.access_id.as_str());
            let is_new = before.is_none_or(|b| b.ended_at.is_some());
            let differs =
                is_new || before.is_some_and(|b| b.content_hash != row.facts.content_hash());
            let other_people = people.accesses.contains(row.facts.access_id.as_str());
            match (is_new, differs || other_people) {
                (true, _) => report.added += 1,
                (false, true) => report.changed += 1,
                (false, false) => report.unchanged += 1,
            }
            if differs || other_people {
                let id = new_id(self.clock.as_ref());
                changed.push(access::row(
                    id,
                    &report.network,
                    &row.facts,
                    report.received_at,
                ));
            }
        }
        access::put(tx, changed).await?;
        Ok(people.forgotten)
    }

    /// The accesses that a complete file ends: those that it does not name, not even in a row that was refused.
    async fn missing(
        &self,
        tx: &DatabaseTransaction,
        report: &mut ImportReport,
        surveyed: &Surveyed,
    ) -> Result<Vec<String>, RegistryError> {
        if report.mode == ImportMode::Delta {
            return Ok(Vec::new());
        }
        let missing = self.not_named(tx, &report.network, surveyed).await?;
        match surveyed.survey.nameless_line() {
            Some(line) if !missing.is_empty() => {
                let rule = "the row's access cannot be read; it may be any, so no access was ended";
                let violation = Violation::new("accessId", "", rule).because("ACCESS_UNREADABLE");
                report.rejections.insert(0, Rejection { line, violation });
                Ok(Vec::new())
            }
            _ => Ok(missing),
        }
    }

    async fn not_named(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        surveyed: &Surveyed,
    ) -> Result<Vec<String>, RegistryError> {
        let mut missing = Vec::new();
        let mut after = String::new();
        loop {
            let ids = access::active_ids(tx, network, &after, ID_PAGE).await?;
            let Some(last) = ids.last() else {
                return Ok(missing);
            };
            after.clone_from(last);
            missing.extend(ids.into_iter().filter(|id| !surveyed.survey.names(id)));
        }
    }

    async fn conclude(&self, mut work: Work, report: &ImportReport) -> Result<(), RegistryError> {
        self.record(work.tx(), report).await?;
        if report.changes_anything() {
            network_revision::raise(work.tx(), &report.network).await?;
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
    async fn after_commit(&self, report: &ImportReport, forgotten: &[SubjectId]) {
        if let Err(error) = self.privacy.vault().destroy(forgotten, &[RESIDENT]).await {
            let error = service_kit::error::chain(&error);
            tracing::error!(import.id = %report.id, error.chain = error, "keys of former residents were not destroyed");
        }
        if !report.changes_anything() {
            return;
        }
        if let Err(error) = self.indexes.follow().await {
            let error = service_kit::error::chain(&error);
            tracing::warn!(import.id = %report.id, error.chain = error, "the search index follows later");
        }
    }

    /// A refusal or a dry run: only the account is kept.
    async fn record_alone(&self, report: ImportReport) -> Result<ImportReport, RegistryError> {
        let work = self.outbox.begin().await?;
        self.record(work.tx(), &report).await?;
        work.commit().await?;
        Ok(report)
    }

    fn too_many_would_end(&self, ending: u64, active: u64) -> String {
        let percent = self.settings.end_percent_max;
        format!(
            "the file would end {ending} of {active} accesses, more than {percent} %; is it complete?"
        )
    }
}

fn describe(report: &mut ImportReport, surveyed: &Surveyed) {
    surveyed
        .opened
        .charset
        .name()
        .clone_into(&mut report.charset);
    surveyed
        .opened
        .delimiter
        .name()
        .clone_into(&mut report.delimiter);
    report.unknown_columns = surveyed
        .opened
        .columns
        .unknown()
        .map(|(_, name)| name)
        .collect();
    report.rows = surveyed.survey.rows();
    report.rejected = surveyed.survey.rejected();
    report.rejections = surveyed.survey.reported();
}
