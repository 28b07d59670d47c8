//! What customers answer to order forms.

use chrono::{DateTime, Duration, Utc};
use kernel::NetworkCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use crate::domain::OrderId;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "order_answer";

/// One row. What is `Option<Vec<u8>>` is sealed under the customer's key.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_answer")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose order it is.
    pub subject_id: Option<Uuid>,
    /// Which order.
    pub order_id: Uuid,
    /// See [`crate::domain::form::Scope`].
    pub scope: String,
    /// Which field of the form that the order was placed with.
    pub field_key: String,
    /// Days after the end of the order when it is deleted.
    pub purge_days: Option<i32>,
    /// When it is deleted; none: not while the order is under way, or never before the order.
    pub purge_at: Option<DateTimeUtc>,
    /// Sealed: the field's label in the customer's language, for an extract.
    pub question: Option<Vec<u8>>,
    /// Sealed: the answer in words in the customer's language, for an extract.
    pub answer: Option<Vec<u8>>,
    /// Sealed: the answer to a personal field.
    pub value: Option<Vec<u8>>,
    /// The answer to a field that is not personal.
    pub plain_value: Option<String>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("field_key", &self.field_key)
            .finish_non_exhaustive()
    }
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Stores the answers of a new order.
pub async fn insert(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows.into_iter().map(Model::into_active_model))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The answers of an order.
pub async fn of_order(
    db: &impl ConnectionTrait,
    network: &str,
    order_id: Uuid,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::OrderId.eq(order_id))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The order has ended: from now on the days of the purge rules count. An end after the end, as a withdrawal from what was
/// delivered, does not start them again.
pub async fn count_from(
    db: &impl ConnectionTrait,
    network: &NetworkCode,
    order: OrderId,
    ended_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let waiting = || {
        Entity::find()
            .filter(Column::Network.eq(network.as_str()))
            .filter(Column::OrderId.eq(order.as_uuid()))
            .filter(Column::PurgeDays.is_not_null())
            .filter(Column::PurgeAt.is_null())
    };
    for row in waiting().all(db).await? {
        let days = Duration::days(row.purge_days.unwrap_or_default().into());
        postpone(db, &[row.id], ended_at + days).await?;
    }
    Ok(())
}

/// Answers of every network whose time is over, the longest first.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurgeAt.lte(now))
        .order_by_asc(Column::PurgeAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Looks at these again at another time.
pub async fn postpone(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    to: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PurgeAt, Expr::value(to))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(db)
        .await
        .map(drop)
}

/// Deletes these.
pub async fn delete(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<u64, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected)
}
