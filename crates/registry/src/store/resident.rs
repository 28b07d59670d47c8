//! What a file says about people at an access: the resident with the columns that we do not know, the property's owner.
//! What an import has replaced stays aside, `superseded_by` it, until the import cannot be undone any more.

use kernel::{AccessId, NetworkCode};
use privacy::SubjectId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _, Value};
use uuid::Uuid;

use super::query;
use crate::store::parameters;

/// Name of the table in the data map.
pub const TABLE: &str = "resident";
/// The sealed full name.
pub const NAME: &str = "name";
/// What stands for the token of a row without a name.
pub const NO_TOKEN: &str = "-";
/// The sealed JSON object of columns that we do not know; of an owner, what else is known.
pub const OTHER_COLUMNS: &str = "other_columns";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub subject_id: Uuid,
    pub access_id: String,
    /// `resident`, `owner`, or `columns`: ON-API's members that we do not know, which name nobody.
    pub role: String,
    pub name: Option<Vec<u8>>,
    pub other_columns: Option<Vec<u8>>,
    /// Keyed digest of the name and the other columns: tells whether a file says something else, without opening them.
    pub mark: String,
    /// Keyed token of a resident's normalised name, in hexadecimal; [`NO_TOKEN`] where there is no name, empty until it is
    /// made.
    pub name_token: String,
    /// Skyddade personuppgifter: masked everywhere (decision 20).
    pub protected: bool,
    /// They object to being passed on to providers (MDB-9): their access is in no market extract.
    pub not_to_providers: bool,
    pub import_id: Option<Uuid>,
    pub superseded_by: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is known of people at one access.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: &AccessId,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::AccessId.eq(id.as_str()))
        .filter(Column::SupersededBy.is_null())
        .all(connection)
        .await
}

/// Residents with a name by one of these tokens, at accesses where nobody is protected, in the order of the accesses.
pub async fn named<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    tokens: &[String],
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network.as_str()))
        .filter(Column::NameToken.is_in(tokens.iter().map(String::as_str)))
        .filter(Column::SupersededBy.is_null())
        // As the indexes say it; protection is marked on every row of an access (decision 20).
        .filter(Expr::cust("name_token <> ''"))
        .filter(Column::Protected.eq(false))
        .order_by_asc(Column::AccessId)
        .limit(limit)
        .all(connection)
        .await
}

/// Residents whose token has not been made, after `after` in the order of their ids. This one query is not scoped: it is the
/// service's own.
pub async fn without_token<C: ConnectionTrait>(
    connection: &C,
    after: Uuid,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Expr::cust("name_token = '' AND role = 'resident'"))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(connection)
        .await
}

/// Stores the token of a row that has none yet.
pub async fn put_token<C: ConnectionTrait>(tx: &C, id: Uuid, token: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::NameToken, Expr::value(token))
        .filter(Column::Id.eq(id))
        .filter(Column::NameToken.eq(""))
        .exec(tx)
        .await?;
    Ok(())
}

/// What staff have been told about people at an access.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// Skyddade personuppgifter.
    pub protected: Option<bool>,
    /// An objection to being passed on to providers.
    pub not_to_providers: Option<bool>,
}

/// Marks the people at an access. Returns whether anything is now different.
pub async fn mark<C: ConnectionTrait>(
    tx: &C,
    network: &NetworkCode,
    id: &AccessId,
    marks: Marks,
) -> Result<bool, DbErr> {
    let mut different = false;
    for (column, value) in [
        (Column::Protected, marks.protected),
        (Column::NotToProviders, marks.not_to_providers),
    ] {
        let Some(value) = value else { continue };
        let changed = Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(Column::Network.eq(network.as_str()))
            .filter(Column::AccessId.eq(id.as_str()))
            .filter(column.ne(value))
            .exec(tx)
            .await?;
        different |= changed.rows_affected > 0;
    }
    Ok(different)
}

/// Who follows somebody marked at an access is marked until staff say otherwise: it may be the same person, spelled in
/// another way.
pub async fn stay_marked<C: ConnectionTrait>(tx: &C, import: Uuid) -> Result<(), DbErr> {
    for mark in ["protected", "not_to_providers"] {
        let sql = format!(
            "UPDATE resident SET {mark} = TRUE WHERE import_id = $1 AND superseded_by IS NULL AND EXISTS \
             (SELECT 1 FROM resident b WHERE b.superseded_by = $1 AND b.{mark} = TRUE AND b.network = resident.network \
             AND b.access_id = resident.access_id)"
        );
        super::execute(tx, &sql, [import.into()]).await?;
    }
    Ok(())
}

/// A row that goes, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Leaving {
    pub id: Uuid,
    pub subject: Uuid,
}

/// Rows that an import brought.
pub async fn brought_by<C: ConnectionTrait>(
    connection: &C,
    import: Uuid,
    limit: u64,
) -> Result<Vec<Leaving>, DbErr> {
    let sql = format!(
        "SELECT id, subject_id FROM resident WHERE import_id = $1 ORDER BY id LIMIT {limit}"
    );
    leaving(connection, &sql, [import.into()]).await
}

/// Rows that were set aside by imports which cannot be undone any more.
pub async fn expired<C: ConnectionTrait>(
    connection: &C,
    now: DateTimeUtc,
    limit: u64,
) -> Result<Vec<Leaving>, DbErr> {
    let sql = format!(
        "SELECT r.id, r.subject_id FROM resident r JOIN address_import i ON i.id = r.superseded_by \
         WHERE r.superseded_by IS NOT NULL AND (i.undo_until IS NULL OR i.undo_until <= $1) LIMIT {limit}"
    );
    leaving(connection, &sql, [now.into()]).await
}

async fn leaving<C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    values: [Value; 1],
) -> Result<Vec<Leaving>, DbErr> {
    let rows = query(connection, sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Leaving {
                id: row.try_get("", "id")?,
                subject: row.try_get("", "subject_id")?,
            })
        })
        .collect()
}

/// Deletes every row of these persons; how many.
pub async fn delete_of<C: ConnectionTrait>(tx: &C, subjects: &[SubjectId]) -> Result<u64, DbErr> {
    let mut rows = 0;
    for subjects in parameters(subjects) {
        let ids = subjects.iter().map(SubjectId::as_uuid);
        let done = Entity::delete_many()
            .filter(Column::SubjectId.is_in(ids))
            .exec(tx)
            .await?;
        rows += done.rows_affected;
    }
    Ok(rows)
}

/// Deletes rows; the persons of whom none is left.
pub async fn delete<C: ConnectionTrait>(tx: &C, leaving: &[Leaving]) -> Result<Vec<Uuid>, DbErr> {
    let mut gone = Vec::with_capacity(leaving.len());
    for rows in parameters(leaving) {
        Entity::delete_many()
            .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
            .exec(tx)
            .await?;
        let subjects: Vec<Uuid> = rows.iter().map(|row| row.subject).collect();
        let kept = Entity::find()
            .filter(Column::SubjectId.is_in(subjects.iter().copied()))
            .all(tx)
            .await?;
        gone.extend(
            subjects
                .into_iter()
                .filter(|subject| kept.iter().all(|row| row.subject_id != *subject)),
        );
    }
    gone.sort_unstable();
    gone.dedup();
    Ok(gone)
}
