//! What a file says about people: the resident of an access, and the columns that we do not know.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait};
use uuid::Uuid;

use crate::store::parameters;

/// Name of the table in the data map.
pub const TABLE: &str = "resident";
/// The sealed full name.
pub const NAME: &str = "name";
/// The sealed JSON object of columns that we do not know.
pub const OTHER_COLUMNS: &str = "other_columns";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub subject_id: Uuid,
    pub access_id: String,
    pub name: Option<Vec<u8>>,
    pub other_columns: Option<Vec<u8>>,
    /// Keyed digest of the name and the other columns: tells whether a file says something else, without opening them.
    pub mark: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is known of people at these accesses.
pub async fn at<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    ids: &[&str],
) -> Result<Vec<Model>, DbErr> {
    let mut found = Vec::new();
    for ids in parameters(ids) {
        let these = Condition::all()
            .add(Column::Network.eq(network.as_str()))
            .add(Column::AccessId.is_in(ids.iter().copied()));
        found.extend(Entity::find().filter(these).all(connection).await?);
    }
    Ok(found)
}

/// What is known of people at one access.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
) -> Result<Option<Model>, DbErr> {
    Ok(at(connection, network, &[id.as_str()])
        .await?
        .into_iter()
        .next())
}

/// Stores rows of accesses that have none.
pub async fn insert<C: ConnectionTrait>(tx: &C, rows: Vec<ActiveModel>) -> Result<(), DbErr> {
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Deletes rows.
pub async fn delete<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    ids: &[Uuid],
) -> Result<(), DbErr> {
    for ids in parameters(ids) {
        let these = Condition::all()
            .add(Column::Network.eq(network.as_str()))
            .add(Column::Id.is_in(ids.iter().copied()));
        Entity::delete_many().filter(these).exec(tx).await?;
    }
    Ok(())
}
