//! Who asked to see protected people at an access, and who approved. No one of them is named.

use kernel::{AccessId, NetworkCode};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel as _, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::execute;
use crate::domain::disclosure::{Decision, Disclosure};

/// Name of the table in the data map.
pub const TABLE: &str = "protected_disclosure";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "protected_disclosure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub network: String,
    pub access_id: String,
    pub requested_by: String,
    pub purpose: String,
    pub requested_at: DateTimeUtc,
    /// Together with `decided_by` and `decided_at`, or none of them.
    pub approved: Option<bool>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn of(disclosure: &Disclosure) -> Self {
        let decision = disclosure.decision.as_ref();
        Self {
            id: disclosure.id,
            network: disclosure.network.to_string(),
            access_id: disclosure.access.to_string(),
            requested_by: disclosure.requested_by.clone(),
            purpose: disclosure.purpose.clone(),
            requested_at: disclosure.requested_at,
            approved: decision.map(|d| d.approved),
            decided_by: decision.map(|d| d.by.clone()),
            decided_at: decision.map(|d| d.at),
        }
    }

    fn into_domain(self) -> Result<Disclosure, DbErr> {
        let wrong = |what| DbErr::Type(format!("a stored {what} of a disclosure is not valid"));
        let decision = match (self.approved, self.decided_by, self.decided_at) {
            (Some(approved), Some(by), Some(at)) => Some(Decision { approved, by, at }),
            (None, None, None) => None,
            _ => return Err(wrong("decision")),
        };
        Ok(Disclosure {
            id: self.id,
            network: NetworkCode::parse(&self.network).map_err(|_| wrong("network"))?,
            access: AccessId::parse(&self.access_id).map_err(|_| wrong("access id"))?,
            requested_by: self.requested_by,
            purpose: self.purpose,
            requested_at: self.requested_at,
            decision,
        })
    }
}

/// Keeps a new one.
pub async fn insert<C: ConnectionTrait>(tx: &C, disclosure: &Disclosure) -> Result<(), DbErr> {
    Entity::insert(Model::of(disclosure).into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Writes the decision down, unless somebody else was quicker.
pub async fn decide<C: ConnectionTrait>(tx: &C, disclosure: &Disclosure) -> Result<bool, DbErr> {
    let sql = "UPDATE protected_disclosure SET approved = $3, decided_by = $4, decided_at = $5 \
         WHERE id = $1 AND network = $2 AND decided_at IS NULL";
    let row = Model::of(disclosure);
    let values = [
        row.id.into(),
        row.network.into(),
        row.approved.into(),
        row.decided_by.into(),
        row.decided_at.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// One of the network.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    id: Uuid,
) -> Result<Option<Disclosure>, DbErr> {
    let row = of(network)
        .filter(Column::Id.eq(id))
        .one(connection)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// The latest that this user asked for about the access.
pub async fn latest<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    access: &AccessId,
    requested_by: &str,
) -> Result<Option<Disclosure>, DbErr> {
    let row = of(network)
        .filter(Column::AccessId.eq(access.as_str()))
        .filter(Column::RequestedBy.eq(requested_by))
        .order_by_desc(Column::Id)
        .limit(1)
        .one(connection)
        .await?;
    row.map(Model::into_domain).transpose()
}

/// Those of a network, newest first, after that one.
pub async fn page<C: ConnectionTrait>(
    connection: &C,
    network: &NetworkCode,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Disclosure>, DbErr> {
    let mut query = of(network);
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    let rows = query.order_by_desc(Column::Id).limit(limit).all(connection);
    rows.await?.into_iter().map(Model::into_domain).collect()
}

/// Takes away what was asked before then.
pub async fn purge<C: ConnectionTrait>(tx: &C, before: DateTimeUtc) -> Result<u64, DbErr> {
    let old = Entity::delete_many().filter(Column::RequestedAt.lt(before));
    Ok(old.exec(tx).await?.rows_affected)
}

fn of(network: &NetworkCode) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::Network.eq(network.as_str()))
}
