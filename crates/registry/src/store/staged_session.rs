//! Staged sessions of the import API: one at a time for each network.

use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    Condition, ConnectionTrait, ExprTrait as _, IntoActiveModel as _, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::execute;

/// Name of the table in the data map.
pub const TABLE: &str = "staged_session";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staged_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    /// Nobody in particular: the key under which the posts are sealed.
    pub subject_id: Uuid,
    /// A JSON array: the header that a file of all posts needs.
    pub columns: String,
    /// How many have come, replaced ones too.
    pub posts: i64,
    /// Bytes of their values.
    pub bytes: i64,
    /// Rises with everything that is done to the session.
    pub version: i64,
    pub opened_at: DateTimeUtc,
    pub last_post_at: DateTimeUtc,
    /// Somebody makes an import of it, and has until then.
    pub closing_until: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// When a session is to be closed.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// What is now.
    pub now: DateTimeUtc,
    /// No post since.
    pub quiet_since: DateTimeUtc,
    /// Or opened before.
    pub opened_before: DateTimeUtc,
}

impl Due {
    fn condition(self) -> Condition {
        let over = Condition::any()
            .add(Column::LastPostAt.lte(self.quiet_since))
            .add(Column::OpenedAt.lte(self.opened_before));
        let free = Condition::any()
            .add(Column::ClosingUntil.is_null())
            .add(Column::ClosingUntil.lte(self.now));
        Condition::all().add(over).add(free)
    }
}

/// Opens one; false when somebody else has just opened one for the network.
pub async fn insert<C: ConnectionTrait>(tx: &C, row: Model) -> Result<bool, DbErr> {
    let present = OnConflict::column(Column::Network).do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(present)
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// The session of a network, locked until the transaction ends.
pub async fn lock<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
) -> Result<Option<Model>, DbErr> {
    let locked = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Network.eq(network.as_str()))
        .exec_with_returning(tx)
        .await?;
    Ok(locked.into_iter().next())
}

/// Notes what a locked session has taken.
pub async fn grown<C: ConnectionTrait>(tx: &C, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Columns, Expr::value(row.columns.as_str()))
        .col_expr(Column::Posts, Expr::value(row.posts))
        .col_expr(Column::Bytes, Expr::value(row.bytes))
        .col_expr(Column::LastPostAt, Expr::value(row.last_post_at))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Sessions of every network that are to be closed; not scoped, for the task that does it.
pub async fn due<C: ConnectionTrait>(
    connection: &C,
    due: Due,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(due.condition())
        .order_by_asc(Column::OpenedAt)
        .limit(limit)
        .all(connection)
        .await
}

/// Takes a session that is still due, to close it; nothing when somebody else was faster or a post has come.
pub async fn claim<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    due: Due,
    until: DateTimeUtc,
) -> Result<Option<Model>, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::ClosingUntil, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(due.condition())
        .exec_with_returning(tx)
        .await?;
    Ok(claimed.into_iter().next())
}

/// Gives a claimed session back.
pub async fn release<C: ConnectionTrait>(tx: &C, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::ClosingUntil,
            Expr::value(Option::<DateTimeUtc>::None),
        )
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether there is such a session.
pub async fn exists<C: ConnectionTrait>(connection: &C, id: Uuid) -> Result<bool, DbErr> {
    let row = Entity::find_by_id(id).one(connection).await?;
    Ok(row.is_some())
}

/// Takes a session away with its posts, if nothing was done to it since this version was read; whether it was.
pub async fn delete<C: ConnectionTrait>(tx: &C, id: Uuid, version: i64) -> Result<bool, DbErr> {
    let sql = "DELETE FROM staged_session WHERE id = $1 AND version = $2";
    let is_gone = execute(tx, sql, [id.into(), version.into()]).await? == 1;
    if is_gone {
        let posts = "DELETE FROM session_post WHERE session_id = $1";
        execute(tx, posts, [id.into()]).await?;
    }
    Ok(is_gone)
}
