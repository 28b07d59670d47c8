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
    let row = provider_credential::valid(&directory.database.reader(), client_id).await?;
    let stored = row
        .as_ref()
        .map(|row| row.secret_hmac.as_str())
        .unwrap_or_default();
    let right = directory.keys.matches(Hashed::Credential, secret, stored);
    let row = row.filter(|_| right).ok_or(AppError::WrongCredentials)?;
    let (network, provider) = (
        NetworkCode::parse(&row.network),
        ProviderId::parse(&row.provider_id),
    );
    let (Ok(network), Ok(provider)) = (network, provider) else {
        return Err(AppError::Internal(
            "a stored credential names a network and a provider",
        ));
    };
    note_use(directory, &row).await?;
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
