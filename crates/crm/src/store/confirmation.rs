//! The links by which persons confirm; a used one is the evidence of the consent.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{IntoActiveModel as _, QuerySelect as _};

use super::unreadable;
use crate::domain::ContactId;
use crate::domain::consent::Language;
use crate::domain::token::ConfirmationToken;

/// The table, as the data map names it.
pub const TABLE: &str = "confirmation";

/// One row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "confirmation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who confirms.
    pub subject_id: Uuid,
    /// What is confirmed.
    pub contact_id: Uuid,
    /// See [`ConfirmationToken::hash`].
    pub token_hash: Vec<u8>,
    /// Which text the person says yes to.
    pub text_version: String,
    /// In which language.
    pub language: String,
    /// How the yes came; empty until it does.
    pub channel: Option<String>,
    /// When it was mailed.
    pub created_at: DateTimeUtc,
    /// From when it opens nothing any more.
    pub expires_at: DateTimeUtc,
    /// When the person said yes through it.
    pub used_at: Option<DateTimeUtc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("contact_id", &self.contact_id)
            .finish_non_exhaustive()
    }
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is confirmed.
    pub fn contact(&self) -> ContactId {
        ContactId::from_uuid(self.contact_id)
    }

    /// The network.
    pub fn network(&self) -> Result<NetworkCode, DbErr> {
        NetworkCode::parse(&self.network).map_err(|_| unreadable("network"))
    }

    /// The language of the mail.
    pub fn language(&self) -> Result<Language, DbErr> {
        Language::parse(&self.language).map_err(|_| unreadable("language"))
    }

    /// Whether it still opens something.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

/// Stores a new link's hash.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// What a link stands for.
pub async fn find(
    db: &impl ConnectionTrait,
    token: &ConfirmationToken,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TokenHash.eq(token.hash()))
        .one(db)
        .await
}

/// The same; of two clicks at once, the second waits.
pub async fn lock(
    db: &impl ConnectionTrait,
    token: &ConfirmationToken,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TokenHash.eq(token.hash()))
        .lock(LockType::Update)
        .one(db)
        .await
}

/// The person has said yes through it: from now on it is evidence.
pub async fn set_used(
    db: &impl ConnectionTrait,
    row: &Model,
    channel: &str,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(at))
        .col_expr(Column::Channel, Expr::value(channel))
        .filter(Column::Id.eq(row.id))
        .exec(db)
        .await
        .map(drop)
}

/// Removes every link of a contact.
pub async fn delete_of(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    contact: ContactId,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::ContactId.eq(contact.as_uuid()))
        .exec(db)
        .await
        .map(drop)
}

/// Removes links that were never used and open nothing any more, of all networks.
pub async fn delete_expired(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let gone = Entity::delete_many()
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.lte(now))
        .exec(db)
        .await?;
    Ok(gone.rows_affected)
}
