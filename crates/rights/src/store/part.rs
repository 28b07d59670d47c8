//! A holder's part of a request.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub request_id: Uuid,
    pub holder: String,
    pub state: String,
    pub round: i32,
    pub ledger_entry: Option<i64>,
    /// How often it was asked or ordered in vain.
    pub asked: i32,
    pub asked_at: DateTimeUtc,
    /// The categories of its discovery answer, as JSON.
    pub found: String,
    /// What was decided, as JSON.
    pub decisions: String,
    pub replay_handle: Option<Vec<u8>>,
    /// Its signed proof.
    pub answer: Option<Vec<u8>>,
    pub answer_identity: Option<Vec<u8>>,
    pub answer_signature: Option<Vec<u8>>,
    pub differences: String,
    pub residual: i64,
    pub answered_at: Option<DateTimeUtc>,
    /// Its database was restored: what it said before counts no more. By the holder's clock.
    pub void_since: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
