//! The posts of a staged session: of each access the last right one, or the refused one while there is no right one.

use std::collections::BTreeSet;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Name of the table in the data map.
pub const TABLE: &str = "session_post";
/// The sealed JSON array of names and values, of the access.
pub const FIELDS: &str = "fields";
/// The same of the resident, with fields that we do not know.
pub const PEOPLE: &str = "people";
/// The same of the property's owner.
pub const OWNER: &str = "owner";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub network: String,
    pub subject_id: Uuid,
    /// The access that the post means, where that can be read.
    pub access_id: Option<String>,
    pub fields: Option<Vec<u8>>,
    pub people: Option<Vec<u8>>,
    pub owner: Option<Vec<u8>>,
    pub resident_token: Option<Vec<u8>>,
    pub owner_token: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Which of these accesses the session has a post about.
pub async fn present<C: ConnectionTrait>(
    connection: &C,
    session: Uuid,
    accesses: &[String],
) -> Result<BTreeSet<String>, DbErr> {
    let rows = Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::AccessId.is_in(accesses))
        .all(connection)
        .await?;
    Ok(rows.into_iter().filter_map(|row| row.access_id).collect())
}

/// Takes the posts about these accesses away.
pub async fn delete<C: ConnectionTrait>(
    tx: &C,
    session: Uuid,
    accesses: &[String],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SessionId.eq(session))
        .filter(Column::AccessId.is_in(accesses))
        .exec(tx)
        .await?;
    Ok(())
}

/// Posts of a session after a row, in the order of their ids.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    session: Uuid,
    after: Uuid,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(connection)
        .await
}
