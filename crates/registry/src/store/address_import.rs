//! The imports of a network and what they did.

use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Name of the table in the data map.
pub const TABLE: &str = "address_import";
/// The sealed JSON array of rejections.
pub const REJECTIONS: &str = "rejections";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    /// Nobody in particular: the key under which the rejections of this import are sealed.
    pub subject_id: Option<Uuid>,
    pub mode: String,
    pub outcome: String,
    pub charset: String,
    pub delimiter: String,
    /// A JSON array of names.
    pub unknown_columns: String,
    pub refusal: String,
    pub dry_run: bool,
    pub row_count: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub ended: i64,
    pub rejected: i64,
    pub residents_suppressed: i64,
    pub rejections: Option<Vec<u8>>,
    pub received_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// One import of a network.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::Network.eq(network.as_str()))
        .one(connection)
        .await
}

/// Imports of a network, newest first, older than `before`.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut imports = Entity::find().filter(Column::Network.eq(network.as_str()));
    if let Some(before) = before {
        imports = imports.filter(Column::Id.lt(before));
    }
    imports
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await
}
