//! Staff users: the one place where they are made, listed, disabled and reset, for the pages and for the command line.

use kernel::{Email, NetworkCode, ParseError, PersonName, Violation};
use privacy::{AccessEntry, Identifier, Known, SubjectId};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use service_kit::caller::Caller;
use uuid::Uuid;

use crate::app::enrol::Proven;
use crate::app::error::AppError;
use crate::app::session::SignedIn;
use crate::app::{passwords, totp};
use crate::directory::Directory;
use crate::domain::password;
pub use crate::domain::role::Role;
use crate::keys::{Hashed, Sealed, random_text};
use crate::limits;
use crate::store::staff_user::{self, Model};
use crate::store::{audit, invitation, staff_session};

/// What a password must be; for programs. People read it in their language.
pub(crate) const PASSWORD_RULE: &str =
    "a password has at least 12 characters and is not a common one";
const NAME: &str = "name";
const EMAIL: &str = "email";

/// A user as entered.
#[derive(Clone)]
pub struct NewUser {
    /// The user's network.
    pub network: NetworkCode,
    /// Name.
    pub name: String,
    /// E-mail; also what the user signs in with.
    pub email: String,
    /// At least one.
    pub roles: Vec<Role>,
}

/// How a user gets in for the first time.
#[derive(Debug)]
pub enum FirstSignIn {
    /// By a one-time link, where the user chooses a password and connects an app.
    Invitation,
    /// By a password given now; the secret for the app comes back. For trying and for automation.
    Password(SecretString),
}

/// A user that was made or reset.
#[derive(Debug)]
pub struct CreatedUser {
    /// The user's id.
    pub id: Uuid,
    /// The token of the invitation, the last part of its path; shown once.
    pub invitation: Option<String>,
    /// The app's secret in base32, shown once.
    pub totp_secret: Option<String>,
}

/// A user as listed.
#[derive(Clone, Debug)]
pub struct User {
    /// The user's id.
    pub id: Uuid,
    /// Name; empty when erased.
    pub name: String,
    /// E-mail; empty when erased.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// "invited", "active" or "disabled".
    pub state: String,
}

/// How a row of `staff_user` begins.
pub(crate) enum Start {
    /// Waiting for an invitation to be used.
    Invited,
    /// With password and app.
    Active(Proven),
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser")
            .field("network", &self.network)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// Makes a user. `by` is the acting user; the command line has none, and the act is then noted as the user's own.
///
/// # Errors
/// [`AppError::Invalid`] with all wrong fields; [`AppError::Conflict`] `EMAIL_TAKEN`.
pub async fn create(
    directory: &Directory,
    new: &NewUser,
    first: FirstSignIn,
    by: Option<&SignedIn>,
) -> Result<CreatedUser, AppError> {
    let (start, secret) = match first {
        FirstSignIn::Invitation => (Start::Invited, None),
        FirstSignIn::Password(given) => {
            if !password::is_acceptable(given.expose_secret()) {
                return Err(AppError::Invalid(vec![Violation::new(
                    "password",
                    "",
                    PASSWORD_RULE,
                )]));
            }
            let secret = totp::new_secret();
            let password_hash = passwords::hash(given).await?;
            (
                Start::Active(Proven {
                    password_hash,
                    totp_secret: secret.clone(),
                    step: 0,
                }),
                Some(secret),
            )
        }
    };
    let invited = matches!(start, Start::Invited);
    let tx = directory.database.begin().await?;
    let user = insert(&tx, directory, new, start).await?;
    let invitation = if invited {
        Some(invite(&tx, directory, &user).await?)
    } else {
        None
    };
    let actor = by.map_or_else(|| own(&user), |by| by.actor());
    audit::note(
        &tx,
        directory.clock.as_ref(),
        actor,
        "user.created",
        format!("user:{}", user.id),
    )
    .await?;
    tx.commit().await?;
    Ok(CreatedUser {
        id: user.id,
        invitation,
        totp_secret: secret,
    })
}

/// The users of a network, oldest first. Reading them is logged.
pub async fn list(
    directory: &Directory,
    network: &NetworkCode,
    by: Option<&SignedIn>,
) -> Result<Vec<User>, AppError> {
    let reader = by.map_or_else(|| Caller::service("gateway"), SignedIn::caller);
    let tx = directory.database.begin().await?;
    let rows = staff_user::of_network(&tx, network.as_str(), limits::USERS).await?;
    for row in &rows {
        let entry = AccessEntry {
            network: network.clone(),
            caller: &reader,
            purpose: "user_administration".to_owned(),
            subject: SubjectId::from_uuid(row.subject_id),
            record: format!("staff_user:{}", row.id),
            fields: &[NAME, EMAIL],
        };
        directory.privacy.log_access(&tx, entry).await?;
    }
    tx.commit().await?;
    open_all(directory, rows).await
}

/// Disables a user: no session, no invitation, no sign-in any more.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Conflict`] `OWN_ACCOUNT` when somebody disables themselves.
pub async fn disable(
    directory: &Directory,
    network: &NetworkCode,
    id: Uuid,
    by: Option<&SignedIn>,
) -> Result<(), AppError> {
    if by.is_some_and(|by| by.user == id) {
        return Err(AppError::Conflict("OWN_ACCOUNT"));
    }
    let tx = directory.database.begin().await?;
    let user = shut_out(&tx, directory, network, id, "disabled").await?;
    let actor = by.map_or_else(|| own(&user), |by| by.actor());
    audit::note(
        &tx,
        directory.clock.as_ref(),
        actor,
        "user.disabled",
        format!("user:{id}"),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Takes password and app away and makes a new invitation: for a lost telephone or password, or to let a disabled user
/// in again.
pub async fn reset(
    directory: &Directory,
    network: &NetworkCode,
    id: Uuid,
    by: Option<&SignedIn>,
) -> Result<CreatedUser, AppError> {
    let tx = directory.database.begin().await?;
    let user = shut_out(&tx, directory, network, id, "invited").await?;
    let link = invite(&tx, directory, &user).await?;
    let actor = by.map_or_else(|| own(&user), |by| by.actor());
    audit::note(
        &tx,
        directory.clock.as_ref(),
        actor,
        "user.reset",
        format!("user:{id}"),
    )
    .await?;
    tx.commit().await?;
    Ok(CreatedUser {
        id,
        invitation: Some(link),
        totp_secret: None,
    })
}

/// Writes the row, with the person sealed.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    directory: &Directory,
    new: &NewUser,
    start: Start,
) -> Result<Model, AppError> {
    let (name, email) = check(new)?;
    let login_token = directory.keys.hash(Hashed::Login, &email.canonical());
    if staff_user::by_login(tx, &login_token).await?.is_some() {
        return Err(AppError::Conflict("EMAIL_TAKEN"));
    }
    // Staff of the network entered it, and it must be right for the invitation to arrive: it may widen a search.
    let known = Known::verified(Identifier::Email(email.clone()));
    let subject = directory.staff_subject(tx, &new.network, known).await?;
    let (id, now) = (
        kernel::new_id(directory.clock.as_ref()),
        directory.clock.now(),
    );
    let proven = match start {
        Start::Active(proven) => Some(proven),
        Start::Invited => None,
    };
    let seal = |p: &Proven| {
        directory
            .keys
            .seal(Sealed::Totp, &id.to_string(), p.totp_secret.as_bytes())
    };
    let row = staff_user::ActiveModel {
        id: Set(id),
        network: Set(new.network.as_str().to_owned()),
        subject_id: Set(subject.as_uuid()),
        login_token: Set(login_token),
        name: Set(directory.seal(subject, NAME, id, name.as_str()).await?),
        email: Set(directory.seal(subject, EMAIL, id, email.as_str()).await?),
        roles: Set(Role::store(&new.roles)),
        state: Set(if proven.is_some() {
            "active"
        } else {
            "invited"
        }
        .to_owned()),
        totp_secret: Set(proven.as_ref().map(seal)),
        totp_step: Set(proven.as_ref().map_or(0, |p| p.step)),
        password_hash: Set(proven.map(|p| p.password_hash)),
        failures: Set(0),
        locked_until: Set(None),
        created_at: Set(now),
        changed_at: Set(now),
    };
    staff_user::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    staff_user::one(tx, new.network.as_str(), id)
        .await?
        .ok_or(AppError::Internal("a written row is there"))
}

/// Notes something that a user did to the own account.
pub(crate) async fn note_own(
    tx: &DatabaseTransaction,
    directory: &Directory,
    user: &Model,
    action: &str,
) -> Result<(), AppError> {
    Ok(audit::note(
        tx,
        directory.clock.as_ref(),
        own(user),
        action,
        format!("user:{}", user.id),
    )
    .await?)
}

fn own(user: &Model) -> audit::Actor<'_> {
    audit::Actor {
        network: &user.network,
        user: user.id,
        subject: user.subject_id,
    }
}

fn check(new: &NewUser) -> Result<(PersonName, Email), AppError> {
    const ROLES: ParseError = ParseError::new("ROLES_MISSING", "a user has at least one role");
    let (name, email) = (PersonName::parse(&new.name), Email::parse(&new.email));
    let roles = if new.roles.is_empty() {
        Err(ROLES)
    } else {
        Ok(())
    };
    match (name, email, roles) {
        (Ok(name), Ok(email), Ok(())) => Ok((name, email)),
        (name, email, roles) => {
            let wrong = [
                (NAME, name.err()),
                (EMAIL, email.err()),
                ("roles", roles.err()),
            ];
            let violation = |(field, e): (&str, Option<ParseError>)| {
                e.map(|e| Violation::new(field, "", e.rule))
            };
            Err(AppError::Invalid(
                wrong.into_iter().filter_map(violation).collect(),
            ))
        }
    }
}

async fn invite(
    tx: &DatabaseTransaction,
    directory: &Directory,
    user: &Model,
) -> Result<String, AppError> {
    let (token, now) = (random_text(), directory.clock.now());
    let row = invitation::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(user.network.clone()),
        subject_id: Set(user.subject_id),
        user_id: Set(user.id),
        token_hash: Set(directory.keys.hash(Hashed::Invitation, &token)),
        created_at: Set(now),
        expires_at: Set(now + limits::invitation()),
        used_at: Set(None),
    };
    invitation::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(token)
}

async fn shut_out(
    tx: &DatabaseTransaction,
    directory: &Directory,
    network: &NetworkCode,
    id: Uuid,
    state: &str,
) -> Result<Model, AppError> {
    let user = staff_user::one(tx, network.as_str(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    staff_session::end_all(tx, id).await?;
    invitation::withdraw(tx, id).await?;
    let mut row = user.into_active_model();
    row.state = Set(state.to_owned());
    row.password_hash = Set(None);
    row.totp_secret = Set(None);
    row.changed_at = Set(directory.clock.now());
    Ok(row.update(tx).await?)
}

async fn open_all(directory: &Directory, rows: Vec<Model>) -> Result<Vec<User>, AppError> {
    let mut users = Vec::with_capacity(rows.len());
    for row in rows {
        users.push(User {
            id: row.id,
            name: directory
                .open(row.subject_id, NAME, row.id, &row.name)
                .await?,
            email: directory
                .open(row.subject_id, EMAIL, row.id, &row.email)
                .await?,
            roles: Role::restore(&row.roles),
            state: row.state,
        });
    }
    Ok(users)
}
