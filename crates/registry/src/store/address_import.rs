//! The imports of a network and what they did.

use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Name of the table in the data map.
pub const TABLE: &str = "address_import";
/// The sealed JSON array of rejections.
pub const REJECTIONS: &str = "rejections";
/// The sealed JSON array of remarks on rows that were taken.
pub const REMARKS: &str = "remarks";
/// What the file of rejected rows begins with, sealed: a header may be a row of somebody's.
pub const REJECTED_HEADER: &str = "rejected_header";

const STAGING: &str = "staging";
const INTERRUPTED: &str = "interrupted";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    /// Nobody in particular: the keys under which staged and rejected rows of this import are sealed.
    pub subject_id: Option<Uuid>,
    pub mode: String,
    pub outcome: String,
    pub format: String,
    pub charset: String,
    pub delimiter: String,
    /// A JSON array of names.
    pub unknown_columns: String,
    pub refusal: String,
    /// To say it in another language; empty in older rows.
    pub refusal_reason: String,
    /// A JSON array.
    pub refusal_arguments: String,
    pub dry_run: bool,
    pub says_of_residents: bool,
    pub says_of_owners: bool,
    /// Rows that wait in the staging table.
    pub staged: i64,
    pub row_count: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub ended: i64,
    pub rejected: i64,
    pub residents_suppressed: i64,
    pub rejections: Option<Vec<u8>>,
    pub rejected_header: Option<Vec<u8>>,
    pub remarked: i64,
    pub remarks: Option<Vec<u8>>,
    pub received_at: DateTimeUtc,
    /// While its rows come in: when they are to be given up unless this is put off.
    pub staging_until: Option<DateTimeUtc>,
    pub held_until: Option<DateTimeUtc>,
    pub applied_at: Option<DateTimeUtc>,
    pub undo_until: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Writes an import, whether it is there or not.
pub async fn put<C: ConnectionTrait>(tx: &C, row: ActiveModel) -> Result<(), DbErr> {
    use sea_orm::Iterable as _;
    let all = Column::iter().filter(|c| !matches!(c, Column::Id | Column::Network));
    let replace = sea_orm::sea_query::OnConflict::column(Column::Id)
        .update_columns(all)
        .to_owned();
    Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Takes an account away.
pub async fn delete<C: ConnectionTrait>(tx: &C, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

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

/// The import of a network that was applied last.
pub async fn last_applied<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Outcome.eq("applied"))
        .filter(Column::AppliedAt.is_not_null())
        .order_by_desc(Column::AppliedAt)
        .order_by_desc(Column::Id)
        .one(connection)
        .await
}

/// When a file was last taken in without an error.
pub async fn last_taken_in<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<Option<DateTimeUtc>, DbErr> {
    let row = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::Outcome.is_in(["applied", "nothing_changed"]))
        .order_by_desc(Column::ReceivedAt)
        .one(connection)
        .await?;
    Ok(row.map(|row| row.received_at))
}

/// Whether the last file that came was refused as a whole or broken off.
pub async fn last_has_failed<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
) -> Result<bool, DbErr> {
    let row = Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .order_by_desc(Column::ReceivedAt)
        .order_by_desc(Column::Id)
        .one(connection)
        .await?;
    Ok(row.is_some_and(|row| row.outcome == "refused" || row.outcome == INTERRUPTED))
}

/// Puts off when the rows of an import are given up; false when they are not waited for any more.
pub async fn put_off<C: ConnectionTrait>(
    tx: &C,
    id: Uuid,
    until: DateTimeUtc,
) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::StagingUntil, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(Column::Outcome.eq(STAGING))
        .exec(tx)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Gives up imports of every network whose rows have ceased to come in; how many. Not scoped: the sweep is for all networks.
pub async fn interrupt<C: ConnectionTrait>(tx: &C, now: DateTimeUtc) -> Result<u64, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(INTERRUPTED))
        .filter(Column::Outcome.eq(STAGING))
        .filter(Column::StagingUntil.lte(now))
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

/// Imports of every network that nobody will go on with: interrupted for long, or held too long. This query is not scoped:
/// the sweep is for all networks.
pub async fn forsaken<C: ConnectionTrait>(
    connection: &C,
    now: DateTimeUtc,
    interrupted_since: DateTimeUtc,
) -> Result<Vec<Model>, DbErr> {
    let broken = Condition::all()
        .add(Column::Outcome.eq(INTERRUPTED))
        .add(Column::StagingUntil.lte(interrupted_since));
    let held = Condition::all()
        .add(Column::Outcome.eq("held"))
        .add(Column::HeldUntil.lte(now));
    let either = Condition::any().add(broken).add(held);
    Entity::find().filter(either).all(connection).await
}

/// Imports of every network, received before, whose rejected rows are still kept; not scoped, for the sweep.
pub async fn with_old_rejections<C: ConnectionTrait>(
    connection: &C,
    before: DateTimeUtc,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReceivedAt.lt(before))
        .filter(Column::SubjectId.is_not_null())
        .limit(limit)
        .all(connection)
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
