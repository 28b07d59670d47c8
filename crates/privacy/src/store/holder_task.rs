//! What the rights service asked of this holder, and the answer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "holder_task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub request_id: String,
    /// The round of a discovery, the ledger entry of an execution.
    pub reference: i64,
    pub network: String,
    pub state: String,
    /// The order, as it came.
    pub payload: Vec<u8>,
    /// What transaction 1 found and did, as JSON; empty before.
    pub progress: String,
    /// The signed answer; the same again for a repeated order.
    pub answer: Option<Vec<u8>>,
    pub replayed: bool,
    pub attempts: i32,
    pub next_attempt_at: DateTimeUtc,
    pub lease_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
    /// Where in which trace it was asked; the answer goes on there.
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
