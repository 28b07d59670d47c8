//! Connecting an authenticator app, the last step of the first start and of every invitation. What was entered before
//! travels sealed in the form: nothing is written until a code has shown that the app works.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::AppError;
use super::session::Kind;
use super::{accept_invitation, session, setup, totp};
use crate::directory::Directory;
use crate::keys::Sealed;
use crate::limits;
use crate::store::staff_user::Model;

/// A half-done start of an account.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enrolment {
    /// What the account is to become.
    pub goal: Goal,
    /// argon2id.
    pub password_hash: String,
    /// Base32.
    pub totp_secret: String,
    /// The e-mail, for the app's label.
    pub account: String,
    /// No later than this.
    pub expires_at: DateTime<Utc>,
}

/// What a half-done account is to become.
#[derive(Debug, Serialize, Deserialize)]
pub enum Goal {
    /// The first administrator, with the network.
    First(setup::FirstAdmin),
    /// A user who was invited; the token of the invitation.
    Invited(String),
}

/// A verified secret with the step of the code that proved it.
#[derive(Debug)]
pub struct Proven {
    /// argon2id.
    pub password_hash: String,
    /// Base32.
    pub totp_secret: String,
    /// The step that is spent by it.
    pub step: i64,
}

impl Enrolment {
    /// A new one, with a new secret.
    pub fn begin(
        directory: &Directory,
        goal: Goal,
        password_hash: String,
        account: String,
    ) -> Self {
        let expires_at = directory.clock.now() + limits::enrolment();
        Self {
            goal,
            password_hash,
            totp_secret: totp::new_secret(),
            account,
            expires_at,
        }
    }

    /// As it stands in the form.
    pub fn seal(&self, directory: &Directory) -> String {
        directory.keys.seal_text(Sealed::Enrolment, self)
    }

    /// Back from the form; nothing when changed or too old.
    pub fn open(directory: &Directory, text: &str) -> Option<Self> {
        let enrolment: Self = directory.keys.open_text(Sealed::Enrolment, text)?;
        (enrolment.expires_at > directory.clock.now()).then_some(enrolment)
    }
}

/// Checks the code, makes the account, and signs in.
///
/// # Errors
/// [`AppError::WrongCredentials`] for a wrong code; [`AppError::NotFound`] when the goal is gone.
pub async fn finish(
    directory: &Directory,
    enrolment: Enrolment,
    code: &str,
) -> Result<String, AppError> {
    let step = totp::matching_step(&enrolment.totp_secret, code, directory.clock.now());
    let step = step.ok_or(AppError::WrongCredentials)?;
    let proven = Proven {
        password_hash: enrolment.password_hash,
        totp_secret: enrolment.totp_secret,
        step,
    };
    let tx = directory.database.begin().await?;
    let user: Model = match enrolment.goal {
        Goal::First(first) => setup::create(&tx, directory, first, proven).await?,
        Goal::Invited(token) => accept_invitation::activate(&tx, directory, &token, proven).await?,
    };
    let session = session::open(&tx, directory, &user, Kind::Cookie).await?;
    tx.commit().await?;
    Ok(session)
}
