//! argon2id, off the async threads and no more at once than the machine can bear.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::error::AppError;
use crate::limits;

static HASHING: Semaphore = Semaphore::const_new(limits::HASHING);

/// Hashes a new password into a PHC string.
pub async fn hash(password: SecretString) -> Result<String, AppError> {
    off_thread(move || {
        hasher()
            .hash_password(password.expose_secret().as_bytes())
            .map(|hash| hash.to_string())
            .ok()
    })
    .await?
    .ok_or(AppError::Internal("a password could not be hashed"))
}

/// Whether a password is the one of a PHC string. Without one the same work is done, so that an unknown user takes as
/// long as a known one.
pub async fn verify(password: SecretString, stored: Option<String>) -> Result<bool, AppError> {
    off_thread(move || {
        let bytes = password.expose_secret().as_bytes();
        if let Some(Ok(hash)) = stored.as_deref().map(PasswordHash::new) {
            return hasher().verify_password(bytes, &hash).is_ok();
        }
        drop(hasher().hash_password(bytes));
        false
    })
    .await
}

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
fn hasher() -> Argon2<'static> {
    let params =
        Params::new(19 * 1024, 2, 1, None).expect("the parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let _place = HASHING
        .acquire()
        .await
        .expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| AppError::Internal("hashing was interrupted"))
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};

    #[tokio::test]
    async fn a_password_is_its_own_only() {
        let stored = hash("tre små uttag i rad".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            verify("tre små uttag i rad".into(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify("fyra små uttag i rad".into(), Some(stored))
                .await
                .unwrap()
        );
        assert!(!verify("vad som helst".into(), None).await.unwrap());
    }
}
