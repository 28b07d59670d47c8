//! A counter per network: it rises with every applied import, so that search indexes know when to follow.

use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, ExprTrait as _};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub network: String,
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Locks the counter until the transaction ends: imports of one network come one after another.
pub async fn lock<C: ConnectionTrait>(tx: &C, network: &NetworkCode) -> Result<(), DbErr> {
    let row = ActiveModel {
        network: Set(network.to_string()),
        revision: Set(0),
    };
    let present = OnConflict::column(Column::Network).do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(present)
        .exec_without_returning(tx)
        .await?;
    add(tx, network, 0).await
}

/// Raises the counter; the index of the network follows.
pub async fn raise<C: ConnectionTrait>(tx: &C, network: &NetworkCode) -> Result<(), DbErr> {
    add(tx, network, 1).await
}

async fn add<C: ConnectionTrait>(tx: &C, network: &NetworkCode, steps: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(steps))
        .filter(Column::Network.eq(network.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Every network and its counter. This one query is not scoped: the index of each network follows it.
pub async fn all<C: ConnectionTrait>(connection: &C) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(connection).await
}
