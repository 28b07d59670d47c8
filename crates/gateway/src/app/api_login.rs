//! A system signs in to a legacy API with its credential, and shows afterwards what it was given.

use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use service_kit::caller::{Caller, CallerKind};
use service_kit::secret::Key32;
use uuid::Uuid;

use super::error::AppError;
use super::provider_token;
use crate::directory::Directory;
use crate::keys::Hashed;
use crate::limits;
use crate::store::{import_credential, legacy_login, provider_credential};

/// Which API it is; what one gave is nothing at the other.
#[derive(Clone, Copy, Debug)]
pub enum Api {
    /// The market database's import API, for networks' provisioning systems.
    Import,
    /// The service guide's order API, for providers' systems.
    Orders,
}

impl Api {
    fn hashed(self) -> Hashed {
        match self {
            Self::Import => Hashed::ImportLogin,
            Self::Orders => Hashed::OrderLogin,
        }
    }
}

/// Gives 32 hexadecimal digits (128 random bits), valid for [`limits::legacy_login`]; only their keyed hash stays.
///
/// # Errors
/// [`AppError::WrongCredentials`], whether the user is unknown, revoked or the key wrong.
pub async fn login(
    directory: &Directory,
    api: Api,
    api_user: &str,
    api_key: &str,
) -> Result<String, AppError> {
    let (credential_id, network) = match api {
        Api::Import => import_system(directory, api_user, api_key).await?,
        Api::Orders => {
            let row = provider_token::credential(directory, api_user, api_key).await?;
            (row.id, row.network)
        }
    };
    let hash = hex::encode(&Key32::random().as_bytes()[..16]);
    let login = legacy_login::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(network),
        credential_id: Set(credential_id),
        hash_hmac: Set(directory.keys.hash(api.hashed(), &hash)),
        expires_at: Set(directory.clock.now() + limits::legacy_login()),
    };
    let tx = directory.database.begin().await?;
    legacy_login::Entity::insert(login)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(hash)
}

/// Who has signed in to this API for this, if it is still valid.
///
/// # Errors
/// The database fails.
pub async fn caller(
    directory: &Directory,
    api: Api,
    hash: &str,
) -> Result<Option<Caller>, AppError> {
    let db = directory.database.reader();
    let hmac = directory.keys.hash(api.hashed(), hash);
    let login = legacy_login::by_hash(&db, &hmac).await?;
    let Some(login) = login.filter(|login| login.expires_at > directory.clock.now()) else {
        return Ok(None);
    };
    let (network, id) = (&login.network, login.credential_id);
    match api {
        Api::Import => import_credential::valid_by_id(&db, network, id)
            .await?
            .map(provisioning)
            .transpose(),
        Api::Orders => provider_credential::valid_by_id(&db, network, id)
            .await?
            .map(provider_token::caller)
            .transpose(),
    }
}

/// Removes sign-ins that are over.
///
/// # Errors
/// The database fails.
pub async fn sweep(directory: &Directory) -> Result<u64, AppError> {
    let tx = directory.database.begin().await?;
    let gone = legacy_login::sweep(&tx, directory.clock.now()).await?;
    tx.commit().await?;
    Ok(gone)
}

/// The credential of a provisioning system and its network; its use is noted.
async fn import_system(
    directory: &Directory,
    api_user: &str,
    api_key: &str,
) -> Result<(Uuid, String), AppError> {
    let row = match api_user.parse() {
        Ok(number) => import_credential::valid(&directory.database.reader(), number).await?,
        Err(_) => None,
    };
    let stored = row.as_ref().map_or("", |row| row.key_hmac.as_str());
    let right = directory.keys.matches(Hashed::ImportKey, api_key, stored);
    let row = row.filter(|_| right).ok_or(AppError::WrongCredentials)?;
    let tx = directory.database.begin().await?;
    import_credential::used(&tx, row.id, directory.clock.now()).await?;
    tx.commit().await?;
    Ok((row.id, row.network))
}

fn provisioning(row: import_credential::Model) -> Result<Caller, AppError> {
    let network = NetworkCode::parse(&row.network)
        .map_err(|_| AppError::Internal("a stored credential names a network"))?;
    Ok(Caller {
        kind: CallerKind::Provisioning,
        id: format!("import-{}", row.api_user),
        roles: Vec::new(),
        network: Some(network),
        provider: None,
        purpose: None,
    })
}
