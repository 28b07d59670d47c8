//! What a staged import would do, as of now.

use kernel::{NetworkCode, Violation};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::import::{ImportMode, ImportReport, Outcome, Rejection, may_end};
use crate::domain::limits::SAMPLES;
use crate::store::compare::{self, Import, Sample};
use crate::store::{access, rejected, staged};

/// A preview: the counts and some accesses of each kind.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The account, counted now.
    pub report: ImportReport,
    /// Accesses that would be added.
    pub added: Vec<Sample>,
    /// Accesses that would be changed, with what.
    pub changed: Vec<Sample>,
    /// Accesses that would end.
    pub ended: Vec<Sample>,
    /// More would end than is allowed without confirmation.
    pub needs_confirmation: bool,
}

/// As the store wants it.
pub(super) fn import_of(report: &ImportReport) -> Import {
    Import {
        id: report.id,
        network: report.network.clone(),
        says_of_residents: report.says_of_residents,
        says_of_owners: report.says_of_owners,
    }
}

impl Registry {
    /// What a held import would do, counted now.
    ///
    /// # Errors
    /// There is no such import, it is not held, or the database fails.
    pub async fn preview_import(
        &self,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<Preview, RegistryError> {
        let reader = self.outbox.database().reader();
        let mut report = self.held(&reader, network, id).await?;
        self.compare(&reader, &mut report).await?;
        let import = import_of(&report);
        let ended = if report.ended > 0 {
            compare::ended(&reader, &import, SAMPLES).await?
        } else {
            Vec::new()
        };
        let needs_confirmation = match self.guard(&reader, &report, 0).await {
            Ok(()) => false,
            Err(RegistryError::EndsTooMany { .. }) => true,
            Err(error) => return Err(error),
        };
        Ok(Preview {
            added: compare::added(&reader, &import, SAMPLES).await?,
            changed: compare::changed(&reader, &import, SAMPLES).await?,
            ended,
            needs_confirmation,
            report,
        })
    }

    /// A held import with all its rows.
    pub(super) async fn held<C: ConnectionTrait>(
        &self,
        connection: &C,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<ImportReport, RegistryError> {
        let report = self.load(connection, network, id).await?;
        if report.outcome != Outcome::Held {
            return Err(RegistryError::ImportIs(report.outcome.as_str()));
        }
        if staged::count(connection, id).await? != report.staged {
            return Err(RegistryError::StagedRowsLost);
        }
        Ok(report)
    }

    /// Counts what an import would do now.
    pub(super) async fn compare<C: ConnectionTrait>(
        &self,
        connection: &C,
        report: &mut ImportReport,
    ) -> Result<(), RegistryError> {
        let full = report.mode == ImportMode::Full;
        let counts = compare::counts(connection, &import_of(report), full).await?;
        report.added = counts.added;
        report.changed = counts.changed;
        report.unchanged = counts.rows - counts.added - counts.changed;
        report.residents_suppressed = counts.suppressed;
        report.ended = counts.missing;
        if report.ended > 0
            && let Some(line) = rejected::nameless_line(connection, report.id).await?
        {
            report.ended = 0;
            nothing_ends(report, line);
        }
        Ok(())
    }

    /// Whether so many accesses may end.
    pub(super) async fn guard<C: ConnectionTrait>(
        &self,
        connection: &C,
        report: &ImportReport,
        confirmed: u64,
    ) -> Result<(), RegistryError> {
        let active = access::count_active(connection, &report.network).await?;
        let percent = self.settings.end_percent_max;
        if may_end(active, report.ended, percent, confirmed) {
            Ok(())
        } else {
            Err(RegistryError::EndsTooMany {
                ending: report.ended,
                active,
                percent,
            })
        }
    }
}

/// A row whose access cannot be read may mean any (decision 31: a rejected row leaves its access untouched, also in full).
fn nothing_ends(report: &mut ImportReport, line: u64) {
    let rule = "the row's access cannot be read; it may be any, so no access was ended";
    let said = |rejection: &Rejection| rejection.violation.rule == rule;
    if !report.rejections.iter().any(said) {
        let violation = Violation::new("accessId", "", rule).because("ACCESS_UNREADABLE");
        report.rejections.insert(0, Rejection { line, violation });
    }
}
