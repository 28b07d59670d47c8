//! Who read what of whom, and why.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub at: DateTimeUtc,
    pub actor_kind: String,
    pub actor_id: String,
    pub purpose: String,
    pub subject_id: Uuid,
    pub record: String,
    pub fields: String,
    /// Of a stream: the line that was written before the first byte.
    pub intent: Option<Uuid>,
    /// Of a stream: how much left, said when it ended.
    pub count: Option<i64>,
    /// The batch that binds the line; none until it is sealed.
    pub batch_epoch: Option<i64>,
    pub batch_number: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
