//! Signing in: e-mail, password and a code, all three or nothing; the answer to every failure is the same.

use kernel::Email;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use secrecy::SecretString;

use super::error::AppError;
use super::session::Kind;
use super::{passwords, session, totp};
use crate::directory::Directory;
use crate::domain::throttle;
use crate::keys::{Hashed, Sealed};
use crate::store::staff_user::{self, Model};

/// What somebody types to sign in.
#[derive(Debug)]
pub struct Credentials {
    /// E-mail.
    pub user: String,
    /// Password.
    pub password: SecretString,
    /// Six digits.
    pub code: String,
}

/// Opens a session.
///
/// # Errors
/// [`AppError::WrongCredentials`], whatever was wrong: user, password, code, a code used before, a resting account.
pub async fn sign_in(
    directory: &Directory,
    given: Credentials,
    kind: Kind,
) -> Result<String, AppError> {
    let user = find(directory, &given.user).await?;
    let stored = user.as_ref().and_then(|u| u.password_hash.clone());
    let right = passwords::verify(given.password, stored).await?;
    let user = user.ok_or(AppError::WrongCredentials)?;
    let now = directory.clock.now();
    if user.state != "active" || user.locked_until.is_some_and(|until| until > now) {
        return Err(AppError::WrongCredentials);
    }
    let step = secret_of(directory, &user)
        .and_then(|secret| totp::matching_step(&secret, &given.code, now));
    match step {
        Some(step) if right => succeed(directory, user, step, kind).await,
        _ => fail(directory, user).await,
    }
}

/// The secret of the user's authenticator app.
pub(crate) fn secret_of(directory: &Directory, user: &Model) -> Option<String> {
    let sealed = user.totp_secret.as_deref()?;
    let plain = directory
        .keys
        .open(Sealed::Totp, &user.id.to_string(), sealed)?;
    String::from_utf8(plain).ok()
}

async fn find(directory: &Directory, user: &str) -> Result<Option<Model>, AppError> {
    let Ok(email) = Email::parse(user) else {
        return Ok(None);
    };
    let token = directory.keys.hash(Hashed::Login, &email.canonical());
    Ok(staff_user::by_login(&directory.database.reader(), &token).await?)
}

async fn succeed(
    directory: &Directory,
    user: Model,
    step: i64,
    kind: Kind,
) -> Result<String, AppError> {
    let tx = directory.database.begin().await?;
    // Two sign-ins with one code: the second finds the step spent.
    if !staff_user::spend_step(&tx, user.id, step).await? {
        return Err(AppError::WrongCredentials);
    }
    let token = session::open(&tx, directory, &user, kind).await?;
    let mut row = user.into_active_model();
    row.failures = Set(0);
    row.locked_until = Set(None);
    row.totp_step = Set(step);
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(token)
}

async fn fail(directory: &Directory, user: Model) -> Result<String, AppError> {
    let tx = directory.database.begin().await?;
    // Counted from what is stored now: attempts at once must not share one count.
    if let Some(current) = staff_user::one(&tx, &user.network, user.id).await? {
        let failures = current.failures.saturating_add(1);
        let mut row = current.into_active_model();
        row.failures = Set(failures);
        row.locked_until =
            Set(throttle::rest_after(failures).map(|rest| directory.clock.now() + rest));
        row.update(&tx).await?;
    }
    tx.commit().await?;
    metrics::counter!("gateway_sign_in_failures_total").increment(1);
    Err(AppError::WrongCredentials)
}
