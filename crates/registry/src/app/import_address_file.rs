//! An address file comes in: staged, judged, compared; then applied in one transaction, held for a decision, or dropped.

use kernel::NetworkCode;
use uuid::Uuid;

use super::{Progress, Registry, RegistryError, StagedFile};
use crate::domain::address_file::{Charset, Format, Refusal};
use crate::domain::import::{ImportMode, ImportReport, Outcome};

/// How to read and apply a file.
#[derive(Clone, Debug)]
pub struct ImportAddressFile {
    /// Whose accesses they are.
    pub network: NetworkCode,
    /// What becomes of accesses that the file does not name.
    pub mode: ImportMode,
    /// What is done when it has been compared.
    pub then: Then,
    /// The character set, where it is known.
    pub charset: Option<Charset>,
    /// The format, where it is known.
    pub format: Option<Format>,
    /// So many accesses may end, however large a share they are.
    pub confirmed_ending: u64,
    /// The staged session whose posts these are: it ends in the moment in which the import has them.
    pub session: Option<SessionAt>,
}

impl ImportAddressFile {
    /// A file of which nothing is known or confirmed.
    pub fn new(network: NetworkCode, mode: ImportMode, then: Then) -> Self {
        Self {
            network,
            mode,
            then,
            charset: None,
            format: None,
            confirmed_ending: 0,
            session: None,
        }
    }

    /// A file that the registry has written itself, of posts.
    pub(super) fn of_posts(network: NetworkCode, mode: ImportMode, then: Then) -> Self {
        Self {
            charset: Some(Charset::Utf8),
            format: Some(Format::MdB2),
            ..Self::new(network, mode, then)
        }
    }
}

/// A staged session as it was when its posts were read.
#[derive(Clone, Copy, Debug)]
pub struct SessionAt {
    /// Which.
    pub id: Uuid,
    /// What was done to it later is not in the import.
    pub version: i64,
}

/// What is done with a file that has been compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It becomes the truth.
    Apply,
    /// The same; but when it would end too many accesses, or cannot be applied now, it waits for a decision.
    ApplyOrHold,
    /// It waits for a decision.
    Hold,
    /// It is forgotten: it was only asked what would happen.
    Forget,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The account.
    pub report: ImportReport,
    /// The rejected rows with their reasons, as many as fit into one answer; empty when there are none.
    pub rejected_file: Vec<u8>,
}

impl Registry {
    /// Imports a file that has been received.
    ///
    /// # Errors
    /// The database or the disk fails; then nothing was changed. A file that cannot be used is no error but a report.
    pub async fn import_address_file(
        &self,
        command: ImportAddressFile,
        file: StagedFile,
    ) -> Result<Imported, RegistryError> {
        let staged = self.stage_file(&command, file).await?;
        if staged.outcome != Outcome::Held {
            return Ok(Imported {
                report: staged,
                rejected_file: Vec::new(),
            });
        }
        let report = match self.go_on(&command, staged.clone()).await {
            Ok(report) => report,
            Err(error) if command.then == Then::ApplyOrHold => {
                let error = service_kit::error::chain(&error);
                tracing::error!(import.id = %staged.id, error.chain = error, "an import could not be applied; it waits for staff");
                staged
            }
            Err(error) => {
                self.put_away(staged, Outcome::Dropped).await?;
                return Err(error);
            }
        };
        metrics::counter!("registry_imports_total", "outcome" => report.outcome.as_str())
            .increment(1);
        let rejected_file = if report.rejected > 0 {
            self.rejected_file(&report).await?
        } else {
            Vec::new()
        };
        Ok(Imported {
            report,
            rejected_file,
        })
    }

    async fn go_on(
        &self,
        command: &ImportAddressFile,
        held: ImportReport,
    ) -> Result<ImportReport, RegistryError> {
        if command.then == Then::Hold {
            return Ok(held);
        }
        let reader = self.outbox.database().reader();
        let refused = match self.guard(&reader, &held, command.confirmed_ending).await {
            Ok(()) if command.then == Then::Forget => {
                return self.put_away(held, Outcome::DryRun).await;
            }
            Ok(()) => {
                let applied = self
                    .apply_import(
                        &held.network,
                        held.id,
                        command.confirmed_ending,
                        &Progress::default(),
                    )
                    .await;
                match applied {
                    Ok(report) => return Ok(report),
                    // Somebody else's import came between the guard and the lock.
                    Err(refused @ RegistryError::EndsTooMany { .. }) => refused,
                    Err(error) => return Err(error),
                }
            }
            Err(refused) => refused,
        };
        let sentence = refused.to_string();
        let RegistryError::EndsTooMany {
            ending,
            active,
            percent,
        } = refused
        else {
            return Err(refused);
        };
        if command.then == Then::ApplyOrHold {
            return Ok(held);
        }
        let refusal = Refusal::new("ENDING_TOO_MANY", sentence);
        let refusal = refusal.with(ending).with(active).with(percent);
        self.put_away(held.refused(refusal), Outcome::Refused).await
    }
}
