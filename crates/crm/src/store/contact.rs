//! Contacts, with everything of the person sealed.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use privacy::SubjectId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use super::unreadable;
use crate::domain::ContactId;
use crate::domain::contact::ContactState;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "contact";

/// The sealed columns, in the order in which they are sealed and opened.
pub const SEALED: [&str; 5] = ["name", "email", "phone", "company", "title"];

/// One row. Bytes are sealed under the person's key.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose contact it is.
    pub subject_id: Uuid,
    /// See [`ContactState`].
    pub state: String,
    /// See [`crate::domain::contact::ContactSource`].
    pub source: String,
    /// "sv" or "en".
    pub language: String,
    /// Whether the person asked for the newsletter.
    pub newsletter: bool,
    /// Sealed.
    pub name: Vec<u8>,
    /// Sealed.
    pub email: Vec<u8>,
    /// Sealed; the empty text when there is none.
    pub phone: Vec<u8>,
    /// Sealed; the empty text when there is none.
    pub company: Vec<u8>,
    /// Sealed; the empty text when there is none.
    pub title: Vec<u8>,
    /// Reminders that were sent.
    pub reminders: i32,
    /// When staff entered it.
    pub created_at: DateTimeUtc,
    /// When the person said yes.
    pub confirmed_at: Option<DateTimeUtc>,
    /// When the sweeper looks at it.
    pub next_step_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The contact's id.
    pub fn contact_id(&self) -> ContactId {
        ContactId::from_uuid(self.id)
    }

    /// Whose contact it is.
    pub fn subject(&self) -> SubjectId {
        SubjectId::from_uuid(self.subject_id)
    }

    /// Where it stands.
    pub fn state(&self) -> Result<ContactState, DbErr> {
        ContactState::parse(&self.state).ok_or_else(|| unreadable("state"))
    }

    /// The network.
    pub fn network(&self) -> Result<NetworkCode, DbErr> {
        NetworkCode::parse(&self.network).map_err(|_| unreadable("network"))
    }

    /// The sealed values, in the order of [`SEALED`].
    pub fn sealed(&self) -> [&[u8]; 5] {
        [
            &self.name,
            &self.email,
            &self.phone,
            &self.company,
            &self.title,
        ]
    }
}

/// Stores a new contact.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// One contact of the network.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: ContactId,
) -> Result<Option<Model>, DbErr> {
    of(network)
        .filter(Column::Id.eq(id.as_uuid()))
        .one(db)
        .await
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    id: ContactId,
) -> Result<Option<Model>, DbErr> {
    of(network)
        .filter(Column::Id.eq(id.as_uuid()))
        .lock(LockType::Update)
        .one(db)
        .await
}

/// A page, newest first, before `below`.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    state: Option<ContactState>,
    below: Option<ContactId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of(network);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(below) = below {
        query = query.filter(Column::Id.lt(below.as_uuid()));
    }
    query.order_by_desc(Column::Id).limit(limit).all(db).await
}

/// Contacts of these persons, but for one; locked.
pub async fn lock_others(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    subjects: &[SubjectId],
    except: ContactId,
) -> Result<Vec<Model>, DbErr> {
    of(network)
        .filter(Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid)))
        .filter(Column::Id.ne(except.as_uuid()))
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .all(db)
        .await
}

/// Contacts in quarantine for which something is due, of all networks.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(ContactState::Quarantined.as_str()))
        .filter(Column::NextStepAt.lte(now))
        .order_by_asc(Column::NextStepAt)
        .limit(limit)
        .all(db)
        .await
}

/// The person has said yes.
pub async fn set_confirmed(
    db: &impl ConnectionTrait,
    row: &Model,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(ContactState::Confirmed.as_str()))
        .col_expr(Column::ConfirmedAt, Expr::value(at))
        .col_expr(Column::NextStepAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Network.eq(row.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

/// So many reminders were sent, and then the sweeper looks again.
pub async fn set_next_step(
    db: &impl ConnectionTrait,
    row: &Model,
    reminders: i32,
    next: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Reminders, Expr::value(reminders))
        .col_expr(Column::NextStepAt, Expr::value(next))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Network.eq(row.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

/// Removes a contact.
pub async fn delete(db: &impl ConnectionTrait, row: &Model) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::Network.eq(row.network.as_str()))
        .exec(db)
        .await
        .map(drop)
}

fn of(network: &NetworkCode) -> Select<Entity> {
    Entity::find().filter(Column::Network.eq(network.as_str()))
}
