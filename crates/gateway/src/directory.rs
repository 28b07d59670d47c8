//! The gateway's own data with what it takes to read and write it. Pages use it, and so does the command line, which
//! works on the database without a running gateway.

use anyhow::Context as _;
use gateway_migration::Migrator;
use kernel::{NetworkCode, SharedClock};
use privacy::{Known, Origin, Privacy, SubjectId, Tokens, Vault};
use sea_orm::DatabaseTransaction;
use service_kit::config::KeysConfig;
use service_kit::database::{Database, DatabaseConfig};
use service_kit::secret::Key32;
use uuid::Uuid;

use crate::app::error::AppError;
use crate::keys::Keys;
use crate::personal_data::DATA_MAP;

/// The service whose keys these are.
const SERVICE: &str = "gateway";

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

    /// Opens the gateway's database and key store, and migrates them. A gateway that runs on them is neither needed nor
    /// disturbed.
    ///
    /// # Errors
    /// What cannot be opened or read.
    pub async fn connect(
        database: &DatabaseConfig,
        keys: &KeysConfig,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        let database = Database::connect(database)
            .await
            .context("the gateway's database cannot be opened")?;
        database
            .migrate::<Migrator>()
            .await
            .context("the gateway's database cannot be migrated")?;
        let store = Database::connect(&keys.database)
            .await
            .context("the gateway's key store cannot be opened")?;
        let master = Key32::load(&keys.master_key_file).context("the master key cannot be read")?;
        let pepper = Key32::load(&keys.pepper_file).context("the pepper cannot be read")?;
        let vault = Vault::open(store, master, SERVICE, clock.clone())
            .await
            .context("the gateway's key store cannot be migrated")?;
        let tokens = Tokens::new(pepper.clone(), SERVICE);
        let privacy = Privacy::new(&DATA_MAP, database.clone(), vault, tokens, clock.clone());
        Ok(Self::new(database, privacy, &pepper, clock))
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
