//! Which provider fetched whose data when: the register behind "the recipients are told".

use std::collections::BTreeMap;

use sea_orm::IntoActiveModel as _;
use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;

/// The table, as the data map and the vault name it.
pub const TABLE: &str = "disclosure";

/// One fetch.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosure")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The network.
    pub network: String,
    /// Whose data.
    pub subject_id: Option<Uuid>,
    /// Of which order.
    pub order_id: Uuid,
    /// Who received it.
    pub provider_id: String,
    /// By which credential.
    pub caller_id: String,
    /// When.
    pub at: DateTimeUtc,
    /// See [`crate::domain::purpose::Purpose::class`].
    pub purpose_class: String,
    /// Sealed: in the provider's words.
    pub purpose: Option<Vec<u8>>,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Records a fetch.
pub async fn insert(db: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Who received data of these persons: per provider the orders, each once, in the order of the first fetch.
pub async fn recipients(
    db: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<BTreeMap<String, Vec<Uuid>>, DbErr> {
    let rows = Entity::find()
        .filter(Column::SubjectId.is_in(subjects.iter().copied()))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut found: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        let orders = found.entry(row.provider_id).or_default();
        if !orders.contains(&row.order_id) {
            orders.push(row.order_id);
        }
    }
    Ok(found)
}
