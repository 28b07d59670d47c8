//! The gateway's own data with what it takes to read and write it. Pages use it, and so does the command line, which
//! works on the database without a running gateway.

use kernel::{NetworkCode, SharedClock};
use privacy::{Known, Origin, Privacy, SubjectId};
use sea_orm::DatabaseTransaction;
use service_kit::database::Database;
use service_kit::secret::Key32;
use uuid::Uuid;

use crate::app::error::AppError;
use crate::keys::Keys;

/// The gateway's database, the keys to what is in it, and the time.
#[derive(Clone)]
pub struct Directory {
    pub(crate) database: Database,
    pub(crate) privacy: Privacy,
    pub(crate) keys: Keys,
    pub(crate) clock: SharedClock,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}

impl Directory {
    /// Over the gateway's database (migrated), its privacy kit, and the installation's pepper.
    pub fn new(database: Database, privacy: Privacy, pepper: &Key32, clock: SharedClock) -> Self {
        Self {
            database,
            privacy,
            keys: Keys::of(pepper),
            clock,
        }
    }

    /// The person behind a staff user's e-mail.
    pub(crate) async fn staff_subject(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        known: Known,
    ) -> Result<SubjectId, AppError> {
        let admission = self
            .privacy
            .subject(tx, network, &[known], Origin::Staff)
            .await?;
        admission.subject().ok_or(AppError::Internal(
            "a person entered by staff is never suppressed",
        ))
    }

    /// Seals one column of a staff user.
    pub(crate) async fn seal(
        &self,
        subject: SubjectId,
        column: &'static str,
        row: Uuid,
        text: &str,
    ) -> Result<Vec<u8>, AppError> {
        Ok(self
            .privacy
            .seal(subject, "staff_user", column, row, text)
            .await?)
    }

    /// Opens one column of a staff user; empty when the person was erased.
    pub(crate) async fn open(
        &self,
        subject: Uuid,
        column: &'static str,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<String, AppError> {
        let subject = SubjectId::from_uuid(subject);
        Ok(self
            .privacy
            .open(subject, "staff_user", column, row, sealed)
            .await?
            .unwrap_or_default())
    }
}
