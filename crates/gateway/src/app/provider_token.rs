//! A provider's system shows its credential and is told who it is.

use kernel::{NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind};

use super::error::AppError;
use crate::directory::Directory;
use crate::keys::Hashed;
use crate::limits;
use crate::store::provider_credential;

/// The caller behind a client id and its secret.
///
/// # Errors
/// [`AppError::WrongCredentials`], whether the client is unknown, revoked or the secret wrong.
pub async fn authenticate(
    directory: &Directory,
    client_id: &str,
    secret: &str,
) -> Result<Caller, AppError> {
    caller(credential(directory, client_id, secret).await?)
}

/// The credential of a client id and its secret; its use is noted.
///
/// # Errors
/// As [`authenticate`].
pub async fn credential(
    directory: &Directory,
    client_id: &str,
    secret: &str,
) -> Result<provider_credential::Model, AppError> {
    let row = provider_credential::valid(&directory.database.reader(), client_id).await?;
    let stored = row
        .as_ref()
        .map(|row| row.secret_hmac.as_str())
        .unwrap_or_default();
    let right = directory.keys.matches(Hashed::Credential, secret, stored);
    let row = row.filter(|_| right).ok_or(AppError::WrongCredentials)?;
    note_use(directory, &row).await?;
    Ok(row)
}

/// The provider's system that a credential is for.
///
/// # Errors
/// [`AppError::Internal`] when another hand has written the row.
pub fn caller(row: provider_credential::Model) -> Result<Caller, AppError> {
    let (network, provider) = (
        NetworkCode::parse(&row.network),
        ProviderId::parse(&row.provider_id),
    );
    let (Ok(network), Ok(provider)) = (network, provider) else {
        return Err(AppError::Internal(
            "a stored credential names a network and a provider",
        ));
    };
    Ok(Caller {
        kind: CallerKind::Provider,
        id: row.client_id,
        roles: Vec::new(),
        network: Some(network),
        provider: Some(provider),
        purpose: None,
    })
}

async fn note_use(directory: &Directory, row: &provider_credential::Model) -> Result<(), AppError> {
    let now = directory.clock.now();
    let noted = |at| now - at < limits::credential_used();
    if row.used_at.is_some_and(noted) {
        return Ok(());
    }
    let tx = directory.database.begin().await?;
    provider_credential::used(&tx, row.id, now).await?;
    Ok(tx.commit().await?)
}
