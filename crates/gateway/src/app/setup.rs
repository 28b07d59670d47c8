//! The first start: a one-time secret on the console, the network, the first administrator. There is no default password.

use std::sync::Mutex;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use kernel::{Email, NetworkCode, PersonName, Violation};
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::enrol::{Enrolment, Goal, Proven};
use super::error::AppError;
use super::passwords;
use crate::directory::Directory;
use crate::domain::password;
use crate::domain::role::Role;
use crate::i18n::Lang;
use crate::networks::{self, Network};
use crate::store::staff_user::{self, Model};
use crate::users;

/// The secret of the first start, in memory alone: a new one at each start until set-up is done.
#[derive(Debug, Default)]
pub struct SetupSecret(Mutex<Option<String>>);

/// The first administrator and the network, as entered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstAdmin {
    /// Network code.
    pub network: String,
    /// Network name.
    pub network_name: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's e-mail.
    pub email: String,
}

impl SetupSecret {
    /// Makes the secret if nobody can sign in yet, and gives it for the console.
    pub async fn begin(&self, directory: &Directory) -> Result<Option<String>, AppError> {
        if staff_user::any(&directory.database.reader()).await? {
            return Ok(None);
        }
        let secret = crate::keys::random_text();
        *self.0.lock().expect("no panic while held") = Some(secret.clone());
        Ok(Some(secret))
    }

    /// Whether the first start is still to be done.
    pub fn is_open(&self) -> bool {
        self.0.lock().expect("no panic while held").is_some()
    }

    /// Whether this is the secret.
    pub fn is(&self, given: &str) -> bool {
        let secret = self.0.lock().expect("no panic while held");
        secret
            .as_deref()
            .is_some_and(|s| verify_slices_are_equal(s.as_bytes(), given.as_bytes()).is_ok())
    }

    /// It has been used.
    pub fn spend(&self) {
        *self.0.lock().expect("no panic while held") = None;
    }
}

/// Checks what was entered and prepares the connection of the authenticator app. Writes nothing.
///
/// # Errors
/// [`AppError::Invalid`] with all fields that are wrong.
pub async fn begin(
    directory: &Directory,
    first: FirstAdmin,
    password: SecretString,
) -> Result<Enrolment, AppError> {
    use secrecy::ExposeSecret as _;
    let mut wrong = Vec::new();
    let mut check = |field: &str, rule: Option<&'static str>| {
        wrong.extend(rule.map(|rule| Violation::new(field, "", rule)));
    };
    check(
        "network",
        NetworkCode::parse(&first.network).err().map(|e| e.rule),
    );
    check(
        "network_name",
        first
            .network_name
            .trim()
            .is_empty()
            .then_some("a network has a name"),
    );
    check("name", PersonName::parse(&first.name).err().map(|e| e.rule));
    check("email", Email::parse(&first.email).err().map(|e| e.rule));
    check(
        "password",
        (!password::is_acceptable(password.expose_secret())).then_some(users::PASSWORD_RULE),
    );
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let (hash, account) = (passwords::hash(password).await?, first.email.clone());
    Ok(Enrolment::begin(
        directory,
        Goal::First(first),
        hash,
        account,
    ))
}

pub(super) async fn create(
    tx: &DatabaseTransaction,
    directory: &Directory,
    first: FirstAdmin,
    proven: Proven,
) -> Result<Model, AppError> {
    if staff_user::any(tx).await? {
        return Err(AppError::Conflict("SETUP_DONE"));
    }
    let code = NetworkCode::parse(&first.network).map_err(|e| AppError::field("network", &e))?;
    let network = Network {
        code: code.clone(),
        name: first.network_name,
        language: Lang::Sv,
        slug: String::new(),
        host: String::new(),
        entered_at: None,
    };
    networks::put_within(tx, directory, &network).await?;
    let new = users::NewUser {
        network: code,
        name: first.name,
        email: first.email,
        roles: vec![Role::Admin],
    };
    let user = users::insert(tx, directory, &new, users::Start::Active(proven)).await?;
    users::note_own(tx, directory, &user, "user.first").await?;
    Ok(user)
}
