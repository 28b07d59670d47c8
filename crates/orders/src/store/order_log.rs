//! What happened to an order, for the provider and the network.

use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{QueryOrder as _, QuerySelect as _};

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "order_log";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_log")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose order it is.
    pub subject_id: Option<Uuid>,
    /// Of which order.
    pub order_id: Uuid,
    /// When.
    pub at: DateTimeUtc,
    /// Place among the lines of one moment.
    pub position: i32,
    /// "placed", "status", "disclosed", "mailed", "message".
    pub kind: String,
    /// "provider:nordbredband", never a name.
    pub actor: String,
    /// In our own words: names nobody. Of a message: its type, or nothing.
    pub text: String,
    /// Sealed: in the provider's words.
    pub message: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Adds lines, at once.
pub async fn insert(db: &impl ConnectionTrait, lines: Vec<Model>) -> Result<(), DbErr> {
    Entity::insert_many(lines.into_iter().map(Model::into_active_model))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The last lines of an order, the oldest first; `limit` bounds the answer.
pub async fn list(
    db: &impl ConnectionTrait,
    network: &str,
    order_id: Uuid,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut lines = of_order(network, order_id)
        .order_by_desc(Column::At)
        .order_by_desc(Column::Position)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    lines.reverse();
    Ok(lines)
}

/// Lines of an order, the oldest first, after the line `after`; `limit` bounds the answer.
pub async fn page(
    db: &impl ConnectionTrait,
    network: &str,
    order_id: Uuid,
    after: Option<&Model>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = of_order(network, order_id);
    if let Some(Model {
        at, position, id, ..
    }) = after
    {
        let beside = Column::Position
            .gt(*position)
            .or(Column::Position.eq(*position).and(Column::Id.gt(*id)));
        let later = Column::At.gt(*at);
        query = query.filter(later.or(Column::At.eq(*at).and(beside)));
    }
    query
        .order_by_asc(Column::At)
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// One line of an order.
pub async fn find(
    db: &impl ConnectionTrait,
    network: &str,
    order_id: Uuid,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    of_order(network, order_id)
        .filter(Column::Id.eq(id))
        .one(db)
        .await
}

fn of_order(network: &str, order_id: Uuid) -> Select<Entity> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::OrderId.eq(order_id))
}
