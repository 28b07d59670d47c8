//! An invited user chooses a password and connects an app.

use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, IntoActiveModel as _};
use secrecy::{ExposeSecret as _, SecretString};

use super::enrol::{Enrolment, Goal, Proven};
use super::error::AppError;
use super::passwords;
use crate::directory::Directory;
use crate::domain::password;
use crate::keys::{Hashed, Sealed};
use crate::store::staff_user::{self, Model};
use crate::store::{invitation, staff_session};
use crate::users;

/// Whether a link still works.
pub async fn is_open(directory: &Directory, token: &str) -> Result<bool, AppError> {
    let hash = directory.keys.hash(Hashed::Invitation, token);
    Ok(
        invitation::open(&directory.database.reader(), &hash, directory.clock.now())
            .await?
            .is_some(),
    )
}

/// Checks the password and prepares the connection of the app. Writes nothing.
///
/// # Errors
/// [`AppError::NotFound`] when the link is used or too old; [`AppError::Invalid`] for a poor password.
pub async fn begin(
    directory: &Directory,
    token: &str,
    chosen: SecretString,
) -> Result<Enrolment, AppError> {
    let (db, now) = (directory.database.reader(), directory.clock.now());
    let hash = directory.keys.hash(Hashed::Invitation, token);
    let row = invitation::open(&db, &hash, now)
        .await?
        .ok_or(AppError::NotFound)?;
    let user = staff_user::one(&db, &row.network, row.user_id)
        .await?
        .ok_or(AppError::NotFound)?;
    if !password::is_acceptable(chosen.expose_secret()) {
        return Err(AppError::Invalid(vec![kernel::Violation::new(
            "password",
            "",
            users::PASSWORD_RULE,
        )]));
    }
    let account = directory
        .open(user.subject_id, "email", user.id, &user.email)
        .await?;
    let hash = passwords::hash(chosen).await?;
    Ok(Enrolment::begin(
        directory,
        Goal::Invited(token.to_owned()),
        hash,
        account,
    ))
}

pub(super) async fn activate(
    tx: &DatabaseTransaction,
    directory: &Directory,
    token: &str,
    proven: Proven,
) -> Result<Model, AppError> {
    let now = directory.clock.now();
    let hash = directory.keys.hash(Hashed::Invitation, token);
    let row = invitation::open(tx, &hash, now)
        .await?
        .ok_or(AppError::NotFound)?;
    if !invitation::spend(tx, row.id, now).await? {
        return Err(AppError::NotFound);
    }
    let user = staff_user::one(tx, &row.network, row.user_id)
        .await?
        .ok_or(AppError::NotFound)?;
    staff_session::end_all(tx, user.id).await?;
    let secret = directory.keys.seal(
        Sealed::Totp,
        &user.id.to_string(),
        proven.totp_secret.as_bytes(),
    );
    let mut changed = user.into_active_model();
    changed.state = Set("active".to_owned());
    changed.password_hash = Set(Some(proven.password_hash));
    changed.totp_secret = Set(Some(secret));
    changed.totp_step = Set(proven.step);
    changed.failures = Set(0);
    changed.locked_until = Set(None);
    changed.changed_at = Set(now);
    let user = changed.update(tx).await?;
    users::note_own(tx, directory, &user, "user.activated").await?;
    Ok(user)
}
