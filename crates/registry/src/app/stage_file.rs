//! The rows of a file are judged and put into the staging table, in constant memory, while nothing that is served changes.

use std::fs::File;
use std::io;

use kernel::new_id;
use privacy::{Admission, Origin, Seals};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::read_file::{Piece, read_ahead, reread};
use super::{ImportAddressFile, Registry, RegistryError, SessionAt, StagedFile};
use crate::domain::address_file::{Hints, Judge, Opened, Refusal};
use crate::domain::import::{ImportReport, Outcome};
use crate::domain::limits::{REJECTED_ROWS_MAX, STAGE_ROWS};
use crate::store::{access, address_import, duplicates, rejected, staged, staged_session};

/// An import whose rows are coming in.
pub(super) struct Session {
    pub(super) report: ImportReport,
    pub(super) of: staged::Of,
    pub(super) seals: Seals,
    pub(super) opened: Opened,
    pub(super) suppresses_anybody: bool,
    /// There are accesses already, of which a row may leave something as it is.
    pub(super) knows_accesses: bool,
}

impl Registry {
    /// Stages a file. The report's outcome is held, or refused.
    pub(super) async fn stage_file(
        &self,
        command: &ImportAddressFile,
        received: StagedFile,
    ) -> Result<ImportReport, RegistryError> {
        let now = self.clock.now();
        let report = ImportReport::begun(
            new_id(self.clock.as_ref()),
            command.network.clone(),
            command.mode,
            command.then == super::Then::Forget,
            now,
        );
        let judge = self.judge(&command.network);
        let (file, probe) = received.into_parts();
        let charset = match probe.finish(command.charset) {
            Ok(charset) => charset,
            Err(refusal) => return self.record_alone(report.refused(refusal)).await,
        };
        let hints = Hints {
            charset,
            format: command.format,
        };
        let mut pieces = read_ahead(file.try_clone()?, hints, judge.clone());
        let opened = match pieces.recv().await {
            Some(Ok(Piece::Opened(opened))) => *opened,
            Some(Ok(Piece::Refused(refusal))) => {
                return self.record_alone(report.refused(refusal)).await;
            }
            Some(Err(error)) => return Err(error.into()),
            _ => return Err(io::Error::other("the file was not read").into()),
        };
        let session = self.begin_session(report, opened).await?;
        let (id, from) = (session.report.id, (file, hints, judge));
        let staging = Box::pin(self.stage_opened(session, &mut pieces, from, command.session));
        self.with_signs(id, staging).await
    }

    /// Stages the rows of a file that has been recognised.
    async fn stage_opened(
        &self,
        mut session: Session,
        pieces: &mut mpsc::Receiver<io::Result<Piece>>,
        from: (File, Hints, Judge),
        collected_in: Option<SessionAt>,
    ) -> Result<ImportReport, RegistryError> {
        let staged = match self.stage_rows(&mut session, pieces).await {
            Ok(()) => self.refuse_duplicates(&mut session, from).await,
            Err(error) => Err(error),
        };
        // Rejected rows stay also when the file as a whole is refused.
        let staged = match self.take_out_erased(&mut session.report).await {
            Ok(()) => staged,
            Err(error) => Err(error.into()),
        };
        match staged {
            Ok(()) => self.hold(session, collected_in).await,
            Err(StageError::Refused(refusal)) => {
                let refused = session.report.refused(refusal);
                self.put_away(refused, Outcome::Refused).await
            }
            Err(StageError::Failed(error)) => {
                if let Err(second) = self.put_away(session.report, Outcome::Dropped).await {
                    let error = service_kit::error::chain(&second);
                    tracing::warn!(error.chain = error, "staged rows wait for the sweep");
                }
                Err(error)
            }
        }
    }

    async fn begin_session(
        &self,
        mut report: ImportReport,
        opened: Opened,
    ) -> Result<Session, RegistryError> {
        describe(&mut report, &opened);
        let work = self.outbox.begin().await?;
        // Nobody in particular, with keys of its own that go when the import is decided.
        let admission = self
            .privacy
            .subject(work.tx(), &report.network, &[], Origin::Import)
            .await?;
        let subject = admission
            .subject()
            .ok_or(RegistryError::Corrupt("subject"))?;
        let tables = [staged::TABLE, rejected::TABLE, address_import::TABLE];
        let seals = self.privacy.seals(Admission::New(subject), &tables).await?;
        report.subject = Some(subject);
        report.staging_until = Some(self.staging_until());
        self.save(work.tx(), &report).await?;
        let suppresses_anybody = self
            .privacy
            .suppresses_anybody(work.tx(), &report.network)
            .await?;
        let knows_accesses = access::is_any_active(work.tx(), &report.network).await?;
        work.commit().await?;
        let of = staged::Of {
            import: report.id,
            network: report.network.to_string(),
            subject: subject.as_uuid(),
        };
        Ok(Session {
            report,
            of,
            seals,
            opened,
            suppresses_anybody,
            knows_accesses,
        })
    }

    /// Takes out the rows of accesses that the file names more than once: which is right cannot be known.
    async fn refuse_duplicates(
        &self,
        session: &mut Session,
        (file, hints, judge): (File, Hints, Judge),
    ) -> Result<(), StageError> {
        let reader = self.outbox.database().reader();
        let found = duplicates::find(&reader, session.of.import, REJECTED_ROWS_MAX + 2).await?;
        if found.is_empty() {
            return Ok(());
        }
        if found.len() > REJECTED_ROWS_MAX {
            return Err(StageError::too_many());
        }
        let rows = spawn_blocking(move || reread(&file, hints, judge, &found))
            .await
            .map_err(io::Error::other)
            .and_then(|rows| rows)
            .map_err(RegistryError::from)?;
        session.report.staged -= rows.len() as u64;
        let tx = self.outbox.database().begin().await?;
        duplicates::delete(&tx, session.of.import).await?;
        tx.commit().await?;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let batch = rows.by_ref().take(STAGE_ROWS).collect();
            self.put_rejected(session, batch).await?;
        }
        session
            .report
            .rejections
            .sort_by_key(|rejection| rejection.line);
        Ok(())
    }

    /// Every row is there: it is counted what they would do.
    async fn hold(
        &self,
        mut session: Session,
        collected_in: Option<SessionAt>,
    ) -> Result<ImportReport, RegistryError> {
        let now = self.clock.now();
        let report = &mut session.report;
        let id = report.id;
        report.outcome = Outcome::Held;
        report.staging_until = None;
        report.held_until = Some(now + chrono::Duration::hours(self.settings.held_hours.into()));
        let reader = self.outbox.database().reader();
        self.compare(&reader, report).await?;
        if report.rejected > 0 {
            let header = session.opened.rejected_header();
            report.rejected_header = Some(session.seals.seal(
                address_import::TABLE,
                address_import::REJECTED_HEADER,
                report.id,
                &header,
            )?);
        }
        let work = self.outbox.begin().await?;
        if !address_import::put_off(work.tx(), id, now).await? {
            drop(work);
            self.put_away(session.report, Outcome::Dropped).await?;
            return Err(RegistryError::ImportIs(Outcome::Interrupted.as_str()));
        }
        if let Some(SessionAt { id, version }) = collected_in
            && !staged_session::delete(work.tx(), id, version).await?
        {
            // Something was done to it meanwhile, so these are not its posts any more.
            drop(work);
            return self.put_away(session.report, Outcome::Dropped).await;
        }
        self.save(work.tx(), report).await?;
        work.commit().await?;
        Ok(session.report)
    }
}

/// Why staging ended early.
pub(super) enum StageError {
    Refused(Refusal),
    Failed(RegistryError),
}

impl StageError {
    pub(super) fn too_many() -> Self {
        let sentence = format!(
            "more than {REJECTED_ROWS_MAX} rows are rejected; the file as a whole must be mended"
        );
        Self::Refused(Refusal::new("REJECTED_TOO_MANY", sentence).with(REJECTED_ROWS_MAX))
    }
}

impl<E: Into<RegistryError>> From<E> for StageError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn describe(report: &mut ImportReport, opened: &Opened) {
    opened.charset.name().clone_into(&mut report.charset);
    opened.format().as_str().clone_into(&mut report.format);
    let delimiter = opened.delimiter.map_or("", |delimiter| delimiter.name());
    delimiter.clone_into(&mut report.delimiter);
    report.unknown_columns = opened.columns.unknown().map(|(_, name)| name).collect();
    report.says_of_residents = opened.says_of_residents();
    report.says_of_owners = opened.says_of_owners();
}
