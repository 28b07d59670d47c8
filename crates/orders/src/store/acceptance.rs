//! What a customer accepted, when and how: kept longer than the order's customer, for legal claims.

use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "acceptance";

/// One row. What is `Option<Vec<u8>>` is sealed under the customer's key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Who accepted.
    pub subject_id: Option<Uuid>,
    /// For which order.
    pub order_id: Uuid,
    /// Sealed: "HAM-000123".
    pub order_number: Option<Vec<u8>>,
    /// Sealed.
    pub text_version: Option<Vec<u8>>,
    /// Sealed.
    pub text_language: Option<Vec<u8>>,
    /// Sealed.
    pub channel: Option<Vec<u8>>,
    /// Sealed, RFC 3339.
    pub accepted_at: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Stores an acceptance.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The acceptance of an order.
pub async fn find_of_order(
    db: &impl ConnectionTrait,
    network: &str,
    order_id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Network.eq(network))
        .filter(Column::OrderId.eq(order_id))
        .one(db)
        .await
}
