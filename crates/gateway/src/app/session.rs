//! Sessions: opening, finding, ending.

use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use service_kit::caller::{Caller, CallerKind};
use uuid::Uuid;

use super::error::AppError;
use crate::directory::Directory;
use crate::domain::role::Role;
use crate::keys::{Hashed, random_text};
use crate::limits;
use crate::store::{audit, staff_session, staff_user};

/// How a session's token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a browser's cookie.
    Cookie,
    /// In the header of a program.
    Bearer,
}

/// A signed-in user.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user.
    pub user: Uuid,
    /// The user as a person.
    pub subject: Uuid,
    /// The user's network.
    pub network: NetworkCode,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// How the session's token travels.
    pub kind: Kind,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

impl SignedIn {
    /// The user as the services know a caller.
    pub fn caller(&self) -> Caller {
        Caller {
            kind: CallerKind::Staff,
            id: self.user.to_string(),
            roles: self
                .roles
                .iter()
                .map(|role| role.name().to_owned())
                .collect(),
            network: Some(self.network.clone()),
            provider: None,
            purpose: None,
        }
    }

    /// Who acts, for the audit.
    pub(crate) fn actor(&self) -> audit::Actor<'_> {
        audit::Actor {
            network: self.network.as_str(),
            user: self.user,
            subject: self.subject,
        }
    }
}

/// Opens a session within a transaction; the token leaves once, only its hash stays.
pub(crate) async fn open(
    tx: &impl ConnectionTrait,
    directory: &Directory,
    user: &staff_user::Model,
    kind: Kind,
) -> Result<String, AppError> {
    let (token, now) = (random_text(), directory.clock.now());
    let row = staff_session::ActiveModel {
        id: Set(kernel::new_id(directory.clock.as_ref())),
        network: Set(user.network.clone()),
        subject_id: Set(user.subject_id),
        user_id: Set(user.id),
        token_hash: Set(directory.keys.hash(Hashed::Session, &token)),
        kind: Set(kind.name().to_owned()),
        created_at: Set(now),
        seen_at: Set(now),
        expires_at: Set(now + limits::session_absolute()),
    };
    staff_session::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    let actor = audit::Actor {
        network: &user.network,
        user: user.id,
        subject: user.subject_id,
    };
    audit::note(
        tx,
        directory.clock.as_ref(),
        actor,
        "session.opened",
        format!("user:{}", user.id),
    )
    .await?;
    Ok(token)
}

/// Whose session a token is, if it is one that is still valid and travels the way it was made for.
pub async fn find(
    directory: &Directory,
    token: &str,
    kind: Kind,
) -> Result<Option<SignedIn>, AppError> {
    let (db, now) = (directory.database.reader(), directory.clock.now());
    let hash = directory.keys.hash(Hashed::Session, token);
    let Some(session) = staff_session::by_hash(&db, &hash).await? else {
        return Ok(None);
    };
    let over = session.expires_at <= now || session.seen_at + limits::session_idle() <= now;
    if over || session.kind != kind.name() {
        return Ok(None);
    }
    let Some(user) = staff_user::one(&db, &session.network, session.user_id).await? else {
        return Ok(None);
    };
    if user.state != "active" {
        return Ok(None);
    }
    if session.seen_at + chrono::Duration::minutes(1) <= now {
        let tx = directory.database.begin().await?;
        staff_session::seen(&tx, session.id, now).await?;
        tx.commit().await?;
    }
    let Ok(network) = NetworkCode::parse(&user.network) else {
        return Ok(None);
    };
    let roles = Role::restore(&user.roles);
    Ok(Some(SignedIn {
        user: user.id,
        subject: user.subject_id,
        network,
        roles,
        kind,
    }))
}

/// Signs out.
pub async fn end(directory: &Directory, token: &str) -> Result<(), AppError> {
    let tx = directory.database.begin().await?;
    staff_session::end(&tx, &directory.keys.hash(Hashed::Session, token)).await?;
    Ok(tx.commit().await?)
}

/// Removes sessions that are over.
pub async fn sweep(directory: &Directory) -> Result<u64, AppError> {
    let now = directory.clock.now();
    let tx = directory.database.begin().await?;
    let gone = staff_session::sweep(&tx, now, now - limits::session_idle()).await?;
    tx.commit().await?;
    Ok(gone)
}
