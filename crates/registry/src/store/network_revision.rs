//! A counter per network: it rises with everything that changes accesses. Search indexes and feeds follow it.

use chrono::TimeDelta;
use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, ExprTrait as _};

use super::execute;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub network: String,
    pub revision: i64,
    /// The latest change of an access that ended and is gone for good: whoever has read less has missed it.
    pub purged: i64,
    /// When the counter rose; it never goes back, whatever the clock does.
    pub revised_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The turn to change accesses of a network.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// What changes in this turn carries this number.
    pub revision: i64,
    /// And this time, later than that of every turn before, whatever the clock says.
    pub at: DateTimeUtc,
}

/// What both databases can tell apart.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// Locks the counter until the transaction ends: what changes accesses of one network comes one after another, so
/// whoever has seen a revision can be sure that nothing below it appears later.
pub async fn lock<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    now: DateTimeUtc,
) -> Result<Turn, DbErr> {
    let row = ActiveModel {
        network: Set(network.to_string()),
        revision: Set(0),
        purged: Set(0),
        revised_at: Set(DateTimeUtc::UNIX_EPOCH),
    };
    let present = OnConflict::column(Column::Network).do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(present)
        .exec_without_returning(tx)
        .await?;
    let locked = Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(0))
        .filter(Column::Network.eq(network.as_str()))
        .exec_with_returning(tx)
        .await?;
    let row = locked
        .into_iter()
        .next()
        .ok_or_else(|| DbErr::RecordNotFound(network.to_string()))?;
    Ok(Turn {
        revision: row.revision + 1,
        at: Ord::max(now, row.revised_at + STEP),
    })
}

/// The turn has changed something: the counter rises, the index and the feeds of the network follow.
pub async fn raise<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    turn: Turn,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::value(turn.revision))
        .col_expr(Column::RevisedAt, Expr::value(turn.at))
        .filter(Column::Network.eq(network.as_str()))
        .exec(tx)
        .await?;
    let sql = "INSERT INTO network_turn (network, revision, at) VALUES ($1, $2, $3)";
    let values = [
        network.as_str().into(),
        turn.revision.into(),
        turn.at.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Notes up to which revision ended accesses are gone for good.
pub async fn purged<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    revision: i64,
) -> Result<(), DbErr> {
    for sql in [
        "UPDATE network_revision SET purged = $2 WHERE network = $1 AND purged < $2",
        "DELETE FROM network_turn WHERE network = $1 AND revision < $2",
    ] {
        execute(tx, sql, [network.as_str().into(), revision.into()]).await?;
    }
    Ok(())
}

/// The counter of a network; nothing when it has no accesses yet.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(network.to_string())
        .one(connection)
        .await
}

/// Every network and its counter. This one query is not scoped: the index of each network follows it.
pub async fn all<C: ConnectionTrait>(connection: &C) -> Result<Vec<Model>, DbErr> {
    Entity::find().all(connection).await
}
