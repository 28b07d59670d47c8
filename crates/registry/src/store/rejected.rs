//! The rows of an import that were refused, sealed: a slipped column may have put a name anywhere.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Name of the table in the data map.
pub const TABLE: &str = "rejected_row";
/// The sealed row, with its reasons, as the file of rejected rows has it.
pub const CONTENT: &str = "content";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rejected_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    pub network: String,
    pub subject_id: Uuid,
    pub line: i64,
    /// The access that the row means, where that can be read.
    pub access_id: Option<String>,
    pub content: Option<Vec<u8>>,
    /// What finds the resident whom the row names, where both the name and the access can be read.
    pub resident_token: Option<Vec<u8>>,
    /// The same of the property's owner.
    pub owner_token: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The first row whose access cannot be read.
pub async fn nameless_line<C: ConnectionTrait>(
    connection: &C,
    import: Uuid,
) -> Result<Option<u64>, DbErr> {
    let row = Entity::find()
        .filter(Column::ImportId.eq(import))
        .filter(Column::AccessId.is_null())
        .order_by_asc(Column::Line)
        .one(connection)
        .await?;
    Ok(row.map(|row| u64::try_from(row.line).unwrap_or_default()))
}

/// Rows of an import in the order of the file, after a line.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &str,
    import: Uuid,
    after: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::ImportId.eq(import))
        .filter(Column::Line.gt(after))
        .order_by_asc(Column::Line)
        .limit(limit)
        .all(connection)
        .await
}

/// How many rows of each of these imports have lost their text, because somebody whom they name was erased; an import without
/// such a row is not in it.
pub async fn emptied<C: ConnectionTrait>(
    connection: &C,
    imports: &[Uuid],
) -> Result<HashMap<Uuid, u64>, DbErr> {
    let counts: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::ImportId)
        .column_as(Column::Id.count(), "n")
        .filter(Column::ImportId.is_in(imports.iter().copied()))
        .filter(Column::Content.is_null())
        .group_by(Column::ImportId)
        .into_tuple()
        .all(connection)
        .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(counts.into_iter().map(|(id, n)| (id, count(n))).collect())
}

/// Takes the rows of an import away.
pub async fn delete<C: ConnectionTrait>(connection: &C, import: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ImportId.eq(import))
        .exec(connection)
        .await?;
    Ok(())
}
