//! Keys of providers' systems: 256 random bits, kept as a keyed hash, at most two valid at a time, so that a provider can
//! move to the new one before the old one goes.

use chrono::{DateTime, Utc};
use kernel::{NetworkCode, ProviderId};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait as _};
use secrecy::SecretString;

use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::directory::Directory;
use crate::keys::{Hashed, random_text};
use crate::store::audit;
use crate::store::provider_credential::{self, Model};

/// Valid at a time, for one provider in one network.
pub const VALID_MAX: usize = 2;

/// A new credential; the secret is shown once.
#[derive(Debug)]
pub struct Credential {
    /// Public half: "nordbredband-4f2a…".
    pub client_id: String,
    /// Secret half.
    pub secret: SecretString,
}

/// A credential as listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Whose.
    pub provider: String,
    /// Public half.
    pub client_id: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last token given for it.
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
    provider: &ProviderId,
) -> Result<Credential, AppError> {
    create_by(directory, network, provider, None).await
}

/// Makes a credential, and notes which of the staff has.
///
/// # Errors
/// [`AppError::Conflict`] `CREDENTIALS_FULL` when two are valid already.
pub async fn create_by(
    directory: &Directory,
    network: &NetworkCode,
    provider: &ProviderId,
    by: Option<&SignedIn>,
) -> Result<Credential, AppError> {
    let tx = directory.database.begin().await?;
    let valid = provider_credential::valid_of(&tx, network.as_str(), provider.as_str()).await?;
    if valid.len() >= VALID_MAX {
        return Err(AppError::Conflict("CREDENTIALS_FULL"));
    }
    let credential = insert(&tx, directory, network, provider).await?;
    let object = format!("credential:{}", credential.client_id);
    audit::note_if(
        &tx,
        directory.clock.as_ref(),
        by,
        "credential.created",
        object,
    )
    .await?;
    tx.commit().await?;
    Ok(credential)
}

/// Makes a new credential and revokes all but the newest of the old ones: the one in use stays valid until the next
/// rotation or its revocation.
///
/// # Errors
/// [`AppError::NotFound`] when the provider has none to rotate.
pub async fn rotate(
    directory: &Directory,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Credential, AppError> {
    let tx = directory.database.begin().await?;
    let valid = provider_credential::valid_of(&tx, network.as_str(), provider.as_str()).await?;
    let (_newest, older) = valid.split_last().ok_or(AppError::NotFound)?;
    for old in older {
        provider_credential::revoke(&tx, network.as_str(), &old.client_id, directory.clock.now())
            .await?;
    }
    let credential = insert(&tx, directory, network, provider).await?;
    tx.commit().await?;
    Ok(credential)
}

/// Revokes one by command.
///
/// # Errors
/// As [`revoke_by`].
pub async fn revoke(
    directory: &Directory,
    network: &NetworkCode,
    client_id: &str,
) -> Result<(), AppError> {
    revoke_by(directory, network, client_id, None).await
}

/// Revokes one, and notes which of the staff has. Tokens already given end within five minutes.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such valid one in the network.
pub async fn revoke_by(
    directory: &Directory,
    network: &NetworkCode,
    client_id: &str,
    by: Option<&SignedIn>,
) -> Result<(), AppError> {
    let tx = directory.database.begin().await?;
    if !provider_credential::revoke(&tx, network.as_str(), client_id, directory.clock.now()).await?
    {
        return Err(AppError::NotFound);
    }
    let object = format!("credential:{client_id}");
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

/// All credentials of a network, revoked ones too; never a secret.
pub async fn list(directory: &Directory, network: &NetworkCode) -> Result<Vec<Listed>, AppError> {
    let rows =
        provider_credential::of_network(&directory.database.reader(), network.as_str()).await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

impl From<Model> for Listed {
    fn from(row: Model) -> Self {
        Self {
            provider: row.provider_id,
            client_id: row.client_id,
            created_at: row.created_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        }
    }
}

async fn insert(
    tx: &DatabaseTransaction,
    directory: &Directory,
    network: &NetworkCode,
    provider: &ProviderId,
) -> Result<Credential, AppError> {
    let id = kernel::new_id(directory.clock.as_ref());
    let (client_id, secret) = (
        format!("{}-{}", provider.as_str(), id.simple()),
        random_text(),
    );
    let row = provider_credential::ActiveModel {
        id: Set(id),
        network: Set(network.as_str().to_owned()),
        provider_id: Set(provider.as_str().to_owned()),
        client_id: Set(client_id.clone()),
        secret_hmac: Set(directory.keys.hash(Hashed::Credential, &secret)),
        created_at: Set(directory.clock.now()),
        revoked_at: Set(None),
        used_at: Set(None),
    };
    provider_credential::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(Credential {
        client_id,
        secret: secret.into(),
    })
}
