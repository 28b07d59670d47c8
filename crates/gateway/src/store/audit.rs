//! Who changed what (REG-5), by ids alone.

use kernel::Clock;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, entity::prelude::*};

use crate::app::session::SignedIn;

/// A row of `audit`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Row id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// The actor as a person.
    pub subject_id: Uuid,
    /// The acting user.
    pub actor_id: Uuid,
    /// "user.created", "session.opened" …
    pub action: String,
    /// "user:<id>".
    pub object: String,
    /// When.
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
#[allow(missing_docs, reason = "sea-orm wants it, and it is empty")]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who did something.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The network that it happened in.
    pub network: &'a str,
    /// The user.
    pub user: Uuid,
    /// The user as a person.
    pub subject: Uuid,
}

/// Notes one change.
pub async fn note(
    db: &impl ConnectionTrait,
    clock: &dyn Clock,
    actor: Actor<'_>,
    action: &str,
    object: String,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(kernel::new_id(clock)),
        network: Set(actor.network.to_owned()),
        subject_id: Set(actor.subject),
        actor_id: Set(actor.user),
        action: Set(action.to_owned()),
        object: Set(object),
        at: Set(clock.now()),
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Notes one change by one of the staff; what an operator does by command is in nobody's name.
pub async fn note_if(
    db: &impl ConnectionTrait,
    clock: &dyn Clock,
    by: Option<&SignedIn>,
    action: &str,
    object: String,
) -> Result<(), DbErr> {
    match by {
        Some(by) => note(db, clock, by.actor(), action, object).await,
        None => Ok(()),
    }
}
