//! One queued mail to one recipient.

pub(crate) mod network_name;

use sea_orm::entity::prelude::*;

/// A row of the queue.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    /// Whose mail it is; without one it goes to a function address, which is nobody's.
    pub subject_id: Option<Uuid>,
    pub template: String,
    pub language: String,
    /// Sealed with the subject's key; emptied when the mail is finished.
    pub recipient: Option<Vec<u8>>,
    /// Sealed [`crate::template::Text`]; emptied when the mail is finished.
    pub content: Option<Vec<u8>>,
    /// In the clear: a company's function address.
    #[sea_orm(column_type = "Text", nullable)]
    pub function_recipient: Option<String>,
    /// In the clear: a text that names no person.
    #[sea_orm(column_type = "Text", nullable)]
    pub function_content: Option<String>,
    pub status: String,
    pub attempts: i32,
    pub next_attempt_at: DateTimeUtc,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    /// A code or a class of failure, never the server's words: they repeat the address.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Waits for its next attempt.
pub(crate) const QUEUED: &str = "queued";
/// The server has accepted it.
pub(crate) const SENT: &str = "sent";
/// The server has refused it for good, or we gave up.
pub(crate) const FAILED: &str = "failed";
/// The recipient was erased or restricted meanwhile.
pub(crate) const DROPPED: &str = "dropped";
