//! What happened to an order, for the provider and the network.

use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::order;

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
    /// Whose order it is to deliver.
    pub provider_id: String,
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

/// Which lines of a network are wanted; what is none is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// From then on.
    pub from: Option<DateTimeUtc>,
    /// Until just before then.
    pub until: Option<DateTimeUtc>,
    /// Of this order.
    pub order: Option<Uuid>,
    /// Of this kind.
    pub kind: Option<String>,
    /// By exactly this one.
    pub actor: Option<String>,
    /// Of orders of this provider.
    pub provider: Option<String>,
}

/// Lines of a network, the newest first, before the line `after`; `limit` bounds the answer.
pub async fn search(
    db: &impl ConnectionTrait,
    network: &str,
    wanted: &Wanted,
    after: Option<&Model>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut query = Entity::find().filter(Column::Network.eq(network));
    let exact = [
        (Column::Kind, &wanted.kind),
        (Column::Actor, &wanted.actor),
        (Column::ProviderId, &wanted.provider),
    ];
    for (column, value) in exact {
        if let Some(value) = value {
            query = query.filter(column.eq(value));
        }
    }
    if let Some(order) = wanted.order {
        query = query.filter(Column::OrderId.eq(order));
    }
    if let Some(from) = wanted.from {
        query = query.filter(Column::At.gte(from));
    }
    if let Some(until) = wanted.until {
        query = query.filter(Column::At.lt(until));
    }
    if let Some(Model {
        at, position, id, ..
    }) = after
    {
        let beside = Column::Position
            .lt(*position)
            .or(Column::Position.eq(*position).and(Column::Id.lt(*id)));
        let earlier = Column::At.lt(*at);
        // The first condition alone is what an index begins at.
        query = query
            .filter(Column::At.lte(*at))
            .filter(earlier.or(Column::At.eq(*at).and(beside)));
    }
    query
        .order_by_desc(Column::At)
        .order_by_desc(Column::Position)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The counts of these orders of a network.
pub async fn numbers(
    db: &impl ConnectionTrait,
    network: &str,
    ids: Vec<Uuid>,
) -> Result<Vec<(Uuid, i64)>, DbErr> {
    order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .column(order::Column::Number)
        .filter(order::Column::Network.eq(network))
        .filter(order::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await
}

/// One line of a network.
pub async fn find_line(
    db: &impl ConnectionTrait,
    network: &str,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::Network.eq(network))
        .one(db)
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
