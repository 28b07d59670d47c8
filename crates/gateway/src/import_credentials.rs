//! Keys of networks' provisioning systems, which speak the market database's import API: a number and 256 random bits, kept
//! as a keyed hash, good for one network and for nothing but posting accesses into it.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use secrecy::SecretString;

use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::directory::Directory;
use crate::keys::{Hashed, random_text};
use crate::store::audit;
use crate::store::import_credential::{self, Model};
use crate::store::legacy_login;

/// Valid at a time in one network: one for each of its systems, and the next one of each.
pub const VALID_MAX: usize = 10;
/// The first number; those below are easily taken for something else.
const FIRST: i64 = 1_001;

/// A new credential; the key is shown once.
#[derive(Debug)]
pub struct ImportCredential {
    /// Public half: `api_user`.
    pub api_user: i64,
    /// Secret half: `api_key`.
    pub api_key: SecretString,
}

/// A credential as listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Public half.
    pub api_user: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last sign-in with it.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Makes a credential by command.
///
/// # Errors
/// As [`create_by`].
pub async fn create(
    directory: &Directory,
    network: &NetworkCode,
) -> Result<ImportCredential, AppError> {
    create_by(directory, network, None).await
}

/// Makes a credential, and notes which of the staff has.
///
/// # Errors
/// [`AppError::Conflict`] `CREDENTIALS_FULL` when [`VALID_MAX`] are valid already.
pub async fn create_by(
    directory: &Directory,
    network: &NetworkCode,
    by: Option<&SignedIn>,
) -> Result<ImportCredential, AppError> {
    let tx = directory.database.begin().await?;
    let all = import_credential::of_network(&tx, network.as_str()).await?;
    let valid = all.iter().filter(|row| row.revoked_at.is_none()).count();
    if valid >= VALID_MAX {
        return Err(AppError::Conflict("CREDENTIALS_FULL"));
    }
    let last = import_credential::last_api_user(&tx).await?;
    let api_user = last.map_or(FIRST, |last| last + 1);
    let api_key = random_text();
    let row = import_credential::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(network.as_str().to_owned()),
        api_user: Set(api_user),
        key_hmac: Set(directory.keys.hash(Hashed::ImportKey, &api_key)),
        created_at: Set(directory.clock.now()),
        revoked_at: Set(None),
        used_at: Set(None),
    };
    import_credential::Entity::insert(row)
        .exec_without_returning(&tx)
        .await?;
    let object = format!("import_credential:{api_user}");
    audit::note_if(
        &tx,
        directory.clock.as_ref(),
        by,
        "credential.created",
        object,
    )
    .await?;
    tx.commit().await?;
    Ok(ImportCredential {
        api_user,
        api_key: api_key.into(),
    })
}

/// Revokes one by command.
///
/// # Errors
/// As [`revoke_by`].
pub async fn revoke(
    directory: &Directory,
    network: &NetworkCode,
    api_user: i64,
) -> Result<(), AppError> {
    revoke_by(directory, network, api_user, None).await
}

/// Revokes one, ends every sign-in with it at once, and notes which of the staff has.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such valid one in the network.
pub async fn revoke_by(
    directory: &Directory,
    network: &NetworkCode,
    api_user: i64,
    by: Option<&SignedIn>,
) -> Result<(), AppError> {
    let tx = directory.database.begin().await?;
    let row = import_credential::valid(&tx, api_user).await?;
    let row = row.filter(|row| row.network == network.as_str());
    let row = row.ok_or(AppError::NotFound)?;
    import_credential::revoke(&tx, network.as_str(), api_user, directory.clock.now()).await?;
    legacy_login::end_all(&tx, network.as_str(), row.id).await?;
    let object = format!("import_credential:{api_user}");
    audit::note_if(
        &tx,
        directory.clock.as_ref(),
        by,
        "credential.revoked",
        object,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// All credentials of a network, revoked ones too; never a key.
pub async fn list(directory: &Directory, network: &NetworkCode) -> Result<Vec<Listed>, AppError> {
    let rows =
        import_credential::of_network(&directory.database.reader(), network.as_str()).await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

impl From<Model> for Listed {
    fn from(row: Model) -> Self {
        Self {
            api_user: row.api_user,
            created_at: row.created_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        }
    }
}
