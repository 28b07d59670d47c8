//! A network's provisioning system signs in to the market database's import API, and shows afterwards what it was given.

use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use service_kit::caller::{Caller, CallerKind};
use service_kit::secret::Key32;

use super::error::AppError;
use crate::directory::Directory;
use crate::keys::Hashed;
use crate::limits;
use crate::store::{import_credential, import_login};

/// Gives 32 hexadecimal digits (128 random bits), valid for [`limits::import_login`]; only their keyed hash stays.
///
/// # Errors
/// [`AppError::WrongCredentials`], whether the user is unknown, revoked or the key wrong.
pub async fn login(
    directory: &Directory,
    api_user: &str,
    api_key: &str,
) -> Result<String, AppError> {
    let row = match api_user.parse() {
        Ok(number) => import_credential::valid(&directory.database.reader(), number).await?,
        Err(_) => None,
    };
    let stored = row.as_ref().map_or("", |row| row.key_hmac.as_str());
    let right = directory.keys.matches(Hashed::ImportKey, api_key, stored);
    let row = row.filter(|_| right).ok_or(AppError::WrongCredentials)?;
    let (now, hash) = (
        directory.clock.now(),
        hex::encode(&Key32::random().as_bytes()[..16]),
    );
    let login = import_login::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(row.network),
        credential_id: Set(row.id),
        hash_hmac: Set(directory.keys.hash(Hashed::ImportLogin, &hash)),
        expires_at: Set(now + limits::import_login()),
    };
    let tx = directory.database.begin().await?;
    import_login::Entity::insert(login)
        .exec_without_returning(&tx)
        .await?;
    import_credential::used(&tx, row.id, now).await?;
    tx.commit().await?;
    Ok(hash)
}

/// Who has signed in for this, if it is still valid.
///
/// # Errors
/// The database fails.
pub async fn caller(directory: &Directory, hash: &str) -> Result<Option<Caller>, AppError> {
    let db = directory.database.reader();
    let hmac = directory.keys.hash(Hashed::ImportLogin, hash);
    let login = import_login::by_hash(&db, &hmac).await?;
    let Some(login) = login.filter(|login| login.expires_at > directory.clock.now()) else {
        return Ok(None);
    };
    let credential =
        import_credential::valid_by_id(&db, &login.network, login.credential_id).await?;
    let Some(credential) = credential else {
        return Ok(None);
    };
    let network = NetworkCode::parse(&credential.network)
        .map_err(|_| AppError::Internal("a stored credential names a network"))?;
    Ok(Some(Caller {
        kind: CallerKind::Provisioning,
        id: format!("import-{}", credential.api_user),
        roles: Vec::new(),
        network: Some(network),
        provider: None,
        purpose: None,
    }))
}

/// Removes sign-ins that are over.
///
/// # Errors
/// The database fails.
pub async fn sweep(directory: &Directory) -> Result<u64, AppError> {
    let tx = directory.database.begin().await?;
    let gone = import_login::sweep(&tx, directory.clock.now()).await?;
    tx.commit().await?;
    Ok(gone)
}
