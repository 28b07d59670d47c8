//! That a provider was asked how a customer is reached: by whom, when and why. The answer is nowhere.

use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "contact_request";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_request")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose customer order the reference belongs to; of a customer who is not known here, nobody in particular.
    pub subject_id: Option<Uuid>,
    /// Who was asked.
    pub provider_id: String,
    /// Which of the staff asked.
    pub caller_id: String,
    /// When.
    pub at: DateTimeUtc,
    /// "given", or why not, in a word; none: it is not known, because the process was killed.
    pub outcome: Option<String>,
    /// Sealed: the provider's id of the customer.
    pub sp_reference: Option<Vec<u8>>,
    /// Sealed: why.
    pub reason: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Records that it is asked for.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Records what came of it.
pub async fn settle(
    db: &impl ConnectionTrait,
    network: &str,
    id: Uuid,
    outcome: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .filter(Column::Id.eq(id))
        .filter(Column::Network.eq(network))
        .exec(db)
        .await
        .map(drop)
}
