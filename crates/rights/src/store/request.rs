//! Requests of persons.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    /// The person, in this service.
    pub subject_id: Uuid,
    /// A subject of its own for the pieces of the package: found by nothing, so that no extract contains another.
    pub package_subject: Uuid,
    pub kind: String,
    pub state: String,
    pub round: i32,
    pub found_round: i32,
    pub set_closed: bool,
    pub closing: bool,
    pub identity_proof: Option<String>,
    pub language: String,
    pub search_keys: Option<Vec<u8>>,
    pub note: Option<Vec<u8>>,
    pub refusal_reason: Option<Vec<u8>>,
    pub commitment: String,
    pub commitment_over: String,
    pub opened_by: Option<String>,
    pub received_at: DateTimeUtc,
    pub deadline_at: DateTimeUtc,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub approved_by: Option<String>,
    pub approved_at: Option<DateTimeUtc>,
    /// When the last holder gave proof.
    pub proven_at: Option<DateTimeUtc>,
    /// When the certificate was issued.
    pub completed_at: Option<DateTimeUtc>,
    pub ledger_entry: Option<i64>,
    /// When to look at it again; nothing once it is finished.
    pub check_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
